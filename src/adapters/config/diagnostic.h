// Diagnostics: what is wrong with a config file, and where. Collected on one thread, bounded, in the file's order.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace allclear::config {

// Line and column as editors count them: from 1, columns in bytes.
struct Place {
  int line = 1;
  int column = 1;

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Diagnostic {
  std::string file;
  int line = 1;
  int column = 1;
  std::string message;
  bool warning = false;
};

// "file:line:column: message"; warnings say so: "file:line:column: warning: message".
std::string to_string(const Diagnostic& diagnostic);

class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  // A message may hold foreign text: it becomes one line of at most 1,000 bytes.
  void error(Place place, std::string_view message);
  // What is written there has no value: further errors at that place are counted and not told, they only follow from it.
  void no_value(Place place, std::string_view message);
  void warning(Place place, std::string_view message);
  bool has_errors() const { return errors_ > 0; }
  std::size_t errors() const { return errors_; }
  // Sorted by place. At most `limit` are kept; one more line counts the rest.
  std::vector<Diagnostic> take();

  static constexpr std::size_t limit = 1'000;

 private:
  void keep(Place place, std::string_view message, bool warning);

  std::string file_;
  std::vector<Diagnostic> kept_;
  std::set<Place> without_value_;  // of kept ones: what comes after `limit` is not told anyway
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

// Foreign text as a message may show it: quoted, at most 48 bytes, control and formatting characters as '?'.
std::string shown(std::string_view text);

}  // namespace allclear::config
