// Addresses as text: URLs, host:port, address ranges. Pure; resolves nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/model/target.h"

namespace allclear::config {

// scheme://authority/path, before the scheme's own meaning. Fragment cut off, scheme and host in lower case.
struct UrlParts {
  std::string scheme;
  bool has_authority = false;
  std::string host;  // without brackets; may be empty
  std::optional<std::uint16_t> port;
  std::string path;   // with its leading '/', or empty
  std::string query;  // without '?'
};

// Error: what is wrong; it never repeats the text, which may hold a secret. User and password are refused.
Result<UrlParts> parse_url(std::string_view text);
// http or https only; the path is never empty, bytes outside ASCII are percent-encoded.
Result<Url> to_http_url(const UrlParts& parts);
Result<Url> parse_http_url(std::string_view text);

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080", "localhost:0".
Result<HostPort> parse_host_port(std::string_view text);

bool is_ip_address(std::string_view text);
// "2001:DB8::0:1" -> "2001:db8::1"; absent: no address.
std::optional<std::string> canonical_address(std::string_view text);
// Of ASCII letters.
std::string lower_case(std::string_view text);
// A DNS name or an IP address.
bool is_host(std::string_view text);
// "ip", "ip:port", "[ipv6]:port"
bool is_resolver(std::string_view text);
// "10.0.0.0/8", "::1/128" or one address
bool is_address_range(std::string_view text);

}  // namespace allclear::config
