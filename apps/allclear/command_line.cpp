#include "apps/allclear/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/allclear/command.h"

namespace allclear::app {

void Flag::required() { option_->required(); }
void Flag::show_default() { option_->capture_default_str(); }
void Flag::one_of(const std::vector<std::string>& words) { option_->check(CLI::IsMember(words)); }
void Flag::excludes(const Flag& other) { option_->excludes(other.option_); }
void Flag::check(const std::function<std::string(const std::string&)>& find_fault) { option_->check(find_fault); }

Command Command::add_command(const std::string& name, const std::string& about) {
  return {app_->add_subcommand(name, about), run_};
}

Command Command::add_group(const std::string& title) { return {app_->add_option_group(title), run_}; }

Flag Command::add_option(const std::string& names, std::string& value, const std::string& about) {
  return Flag(app_->add_option(names, value, about));
}

Flag Command::add_option(const std::string& names, std::optional<std::string>& value, const std::string& about) {
  return Flag(app_->add_option(names, value, about));
}

Flag Command::add_option(const std::string& names, std::optional<int>& value, const std::string& about) {
  return Flag(app_->add_option(names, value, about));
}

Flag Command::add_option(const std::string& names, std::vector<std::string>& values, const std::string& about) {
  return Flag(app_->add_option(names, values, about));
}

Flag Command::add_flag(const std::string& names, bool& value, const std::string& about) {
  return Flag(app_->add_flag(names, value, about));
}

void Command::require_command() { app_->require_subcommand(1); }
void Command::set_examples(const std::string& text) { app_->footer(text); }

void Command::runs(Run action) {
  app_->callback([run = run_, action = std::move(action)] { *run = action; });
}

CommandLine::CommandLine(const std::string& about, const std::string& version)
    : app_(std::make_unique<CLI::App>(about, "allclear")) {
  constexpr std::size_t width_of_names = 34;
  app_->require_subcommand(1);
  app_->set_version_flag("--version", "allclear " + version);
  app_->get_formatter()->column_width(width_of_names);
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() { return {app_.get(), &run_}; }

std::optional<int> CommandLine::parse(int argc, char** argv) {
  if (names_no_command(argc, argv)) return exit_usage;
  try {
    app_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& success) {
    return app_->exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "allclear: {} (try --help)\n", error.what());
    return exit_usage;
  }
}

// The parser would only say that a command is missing.
bool CommandLine::names_no_command(int argc, char** argv) const {
  if (argc < 2 || argv[1][0] == '-') return false;
  std::string known;
  for (const CLI::App* command : app_->get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == argv[1]) return false;
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  fmt::print(stderr, "allclear: unknown command \"{}\"; there are: {}\n", argv[1], known);
  return true;
}

int end_with(int code, std::string_view why) {
  fmt::print(stderr, "allclear: {}\n", why);
  return code;
}

}  // namespace allclear::app
