#include "apps/allclear/terminal.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace allclear::app {
namespace {

std::string_view code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::up: return "32";
    case Verdict::degraded: return "33";
    case Verdict::down: return "31";
    case Verdict::unknown: return "90";
  }
  return "0";
}

}  // namespace

Terminal Terminal::detect() {
  Terminal terminal;
  terminal.drawing = isatty(STDOUT_FILENO) == 1;
  const char* term = std::getenv("TERM");
  terminal.colour = terminal.drawing && std::getenv("NO_COLOR") == nullptr && (term == nullptr || std::string_view(term) != "dumb");
  winsize size{};
  if (terminal.drawing && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
  return terminal;
}

std::string Terminal::paint(Verdict verdict, std::string_view text) const {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(verdict), text) : std::string(text);
}

std::string Terminal::dim(std::string_view text) const {
  return colour ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

std::string Terminal::bold(std::string_view text) const {
  return colour ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

std::string printable(std::string_view text) {
  std::string safe(text);
  std::replace_if(safe.begin(), safe.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return safe;
}

}  // namespace allclear::app
