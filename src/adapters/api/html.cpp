#include "adapters/api/html.h"

#include "net/http_message.h"

namespace allclear::api {

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
