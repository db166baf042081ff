#include "adapters/api/html.h"

#include "net/http_message.h"

namespace allclear::api {
namespace {

// Of the UTF-8 character at the front (RFC 3629); 0: it is broken.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate_or_beyond = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || surrogate_or_beyond ? 0 : length;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        out += (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F ? ' ' : c;
      }
    }
  }
  return out;
}

std::string escape_xml(std::string_view text) {
  const std::string escaped = escape_html(text);
  std::string_view rest = escaped;
  std::string out;
  out.reserve(escaped.size());
  while (!rest.empty()) {
    const std::size_t length = character_length(rest);
    const std::string_view character = rest.substr(0, length);
    if (length == 0) {
      out += "\uFFFD";
    } else if (character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF") {
      out += character;
    }
    rest.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string_view safe_link(std::string_view url) {
  if (url.substr(0, 2) == "//") return {};
  const auto colon = url.find_first_of(":/?#");
  if (colon == std::string_view::npos || url[colon] != ':') return url;
  const std::string_view scheme = url.substr(0, colon);
  for (const std::string_view allowed : {"http", "https", "mailto"}) {
    if (net::equal_without_case(scheme, allowed)) return url;
  }
  return {};
}

}  // namespace allclear::api
