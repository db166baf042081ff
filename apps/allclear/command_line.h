// CommandLine, Command, Flag: what the program is called with, parsed by CLI11. Only this unit sees that library: what
// instantiates it takes seconds to compile. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace allclear::app {

using Run = std::function<int()>;  // returns the exit code

class Flag {
 public:
  explicit Flag(CLI::Option* option) : option_(option) {}

  void required();
  void show_default();  // in the help
  void one_of(const std::vector<std::string>& words);
  void excludes(const Flag& other);
  // `find_fault` says what is wrong with a value; empty: nothing.
  void check(const std::function<std::string(const std::string&)>& find_fault);

 private:
  CLI::Option* option_;
};

// A handle: copies are the same command. Names of options without dashes are positional.
class Command {
 public:
  Command(CLI::App* app, Run* run) : app_(app), run_(run) {}

  Command add_command(const std::string& name, const std::string& about);
  Command add_group(const std::string& title);  // of options, in the help
  Flag add_option(const std::string& names, std::string& value, const std::string& about);
  Flag add_option(const std::string& names, std::optional<std::string>& value, const std::string& about);
  Flag add_option(const std::string& names, std::optional<int>& value, const std::string& about);
  Flag add_option(const std::string& names, std::vector<std::string>& values, const std::string& about);
  Flag add_flag(const std::string& names, bool& value, const std::string& about);
  void require_command();
  void set_examples(const std::string& text);  // at the end of the help
  void runs(Run action);

 private:
  CLI::App* app_;
  Run* run_;
};

class CommandLine {
 public:
  CommandLine(const std::string& about, const std::string& version);
  ~CommandLine();

  Command program();
  // What was chosen; or, when help was asked for or a flag is wrong, which is told at once, the exit code.
  std::optional<int> parse(int argc, char** argv);
  int run() { return run_(); }

 private:
  bool names_no_command(int argc, char** argv) const;

  std::unique_ptr<CLI::App> app_;
  Run run_;
};

// Says why on standard error and is the exit code.
int end_with(int code, std::string_view why);

}  // namespace allclear::app
