// HttpUrl: an absolute http or https URL, and what a Location header means relative to one (RFC 3986). Values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace allclear::net {

enum class HttpScheme : std::uint8_t { http, https };

struct HttpUrl {
  HttpScheme scheme = HttpScheme::http;
  std::string host;  // lower case; IPv6 literals without brackets
  std::uint16_t port = 80;
  std::string path = "/";  // with the query, without the fragment; only visible ASCII

  friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

// Refuses other schemes, user names, empty hosts, ports outside 1..65535 and characters that no host has.
Result<HttpUrl> parse_http_url(std::string_view text);
// A reference as in a Location header: absolute, "//host/x", "/x", "x", "?q". Dot segments are removed.
Result<HttpUrl> resolve_reference(const HttpUrl& base, std::string_view reference);
std::string to_string(const HttpUrl& url);
// "host" or "host:port" with brackets where needed; the port only when it is not the scheme's.
std::string authority_of(const HttpUrl& url);
bool same_origin(const HttpUrl& a, const HttpUrl& b);

}  // namespace allclear::net
