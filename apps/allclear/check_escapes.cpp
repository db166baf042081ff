#include "apps/allclear/check_escapes.h"

#include <charconv>

#include <fmt/format.h>

namespace allclear::app {
namespace {

tl::unexpected<Error> unknown_escape(std::string_view escape) {
  return failure(fmt::format(R"(expected \r, \n, \t, \\ or \xNN after a backslash (got "{}"))", escape));
}

}  // namespace

Result<std::string> unescape(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.front() != '\\') {
      bytes += text.front();
      text.remove_prefix(1);
      continue;
    }
    const char kind = text.size() > 1 ? text[1] : '\0';
    std::size_t used = 2;
    switch (kind) {
      case 'r': bytes += '\r'; break;
      case 'n': bytes += '\n'; break;
      case 't': bytes += '\t'; break;
      case '\\': bytes += '\\'; break;
      case 'x': {
        used = 4;
        unsigned char byte = 0;
        const std::string_view digits = text.substr(2, 2);
        const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (problem != std::errc{} || digits.size() != 2 || end != digits.data() + 2) {
          return unknown_escape(text.substr(0, used));
        }
        bytes += static_cast<char>(byte);
        break;
      }
      default: return unknown_escape(text.substr(0, used));
    }
    text.remove_prefix(used);
  }
  return bytes;
}

}  // namespace allclear::app
