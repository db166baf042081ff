#include "apps/allclear/password_input.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

#include <fmt/format.h>
#include <termios.h>

#include "base/characters.h"

namespace allclear::app {
namespace {

// What is typed is not shown while it lives.
class SilentTerminal {
 public:
  SilentTerminal() : known_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_ = known_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (known_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool is_silent() const { return silent_; }

 private:
  termios before_{};
  bool known_;
  bool silent_ = false;
};

Result<std::string> first_line(std::istream& stream, std::string_view from) {
  std::string line;
  if (!std::getline(stream, line)) return failure(fmt::format("there is no password in {}", from));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Result<std::string> ask(std::string_view question) {
  fmt::print(stderr, "{}", question);
  auto line = first_line(std::cin, "what was typed");
  fmt::print(stderr, "\n");
  return line;
}

Result<std::string> ask_twice() {
  const SilentTerminal terminal;
  if (!terminal.is_silent()) return failure("the terminal cannot hide what is typed: use --password-file");
  auto password = ask("Password: ");
  if (!password) return password;
  const auto again = ask("The same again: ");
  if (!again) return again;
  if (*password != *again) return failure("the two passwords differ");
  return password;
}

Result<std::string> read_unchecked(const std::string& file) {
  if (file.empty()) return ::isatty(STDIN_FILENO) == 1 ? ask_twice() : first_line(std::cin, "standard input");
  std::ifstream stream(file);
  if (!stream) return failure(fmt::format("cannot read {}: {}", file, std::generic_category().message(errno)));
  return first_line(stream, file);
}

}  // namespace

Result<std::string> read_password(const std::string& file) {
  auto password = read_unchecked(file);
  if (password && find_invalid_utf8(*password)) return failure("the password is not UTF-8");
  return password;
}

}  // namespace allclear::app
