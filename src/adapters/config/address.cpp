#include "adapters/config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/characters.h"

namespace allclear::config {
namespace {

constexpr std::size_t longest_url = 2'048;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "host", "host:port", "[ipv6]" or "[ipv6]:port" -> host and the text of the port (absent: no colon).
struct SplitAuthority {
  std::string_view host;
  std::optional<std::string_view> port;
};
std::optional<SplitAuthority> split_authority(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    return SplitAuthority{text.substr(1, end - 1), rest.empty() ? std::nullopt : std::optional(rest.substr(1))};
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return SplitAuthority{text, std::nullopt};
  return SplitAuthority{text.substr(0, colon), text.substr(colon + 1)};
}

Result<void> parse_authority(std::string_view authority, UrlParts& parts) {
  if (authority.find('@') != std::string_view::npos) {
    return failure("user and password do not belong into a url; write basic_auth: {user: …, password: …}");
  }
  const auto split = split_authority(authority);
  const bool bracketed = authority.starts_with('[');
  if (!split || (bracketed && !is_ip_address(split->host)))
    return failure("expected an IPv6 address in brackets, such as [2001:db8::1]");
  parts.host = lower_case(split->host);
  if (!parts.host.empty() && !is_host(parts.host)) {
    return failure("the host is no valid name (letters, digits, '-', '.'; names beyond ASCII in their xn-- form)");
  }
  if (!split->port) return {};
  const auto port = parse_number<std::uint16_t>(*split->port);
  if (!port || *port == 0) return failure("expected a port from 1 to 65535");
  parts.port = *port;
  return {};
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Result<UrlParts> parse_url(std::string_view text) {
  if (text.size() > longest_url) return failure(fmt::format("a url has at most {} bytes", longest_url));
  const auto unfit = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  if (std::any_of(text.begin(), text.end(), unfit) || has_control(text))
    return failure("a url has no spaces or control characters (write %20)");
  const std::size_t colon = text.find(':');
  const auto scheme_character = [](char c) { return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.'; };
  if (colon == std::string_view::npos || colon == 0 ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), scheme_character)) {
    return failure("expected a url with its scheme, such as https://example.com/");
  }
  UrlParts parts;
  parts.scheme = lower_case(text.substr(0, colon));
  std::string_view rest = text.substr(colon + 1);
  rest = rest.substr(0, rest.find('#'));
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    parts.has_authority = true;
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const auto done = parse_authority(rest.substr(0, end), parts);
    if (!done) return tl::unexpected(done.error());
    rest.remove_prefix(end);
  }
  const std::size_t question = rest.find('?');
  parts.path = std::string(rest.substr(0, question));
  if (question != std::string_view::npos) parts.query = std::string(rest.substr(question + 1));
  return parts;
}

Result<Url> to_http_url(const UrlParts& parts) {
  const bool secure = parts.scheme == "https";
  if (!secure && parts.scheme != "http") return failure("expected http:// or https://");
  if (parts.host.empty()) return failure("expected a host, such as https://example.com/");
  Url url;
  url.scheme = secure ? Scheme::https : Scheme::http;
  url.host = parts.host;
  url.port = parts.port.value_or(secure ? 443 : 80);
  url.path = percent_encoded(parts.path.empty() ? "/" : parts.path);
  if (!parts.query.empty()) url.path.append("?").append(percent_encoded(parts.query));
  return url;
}

Result<Url> parse_http_url(std::string_view text) {
  const auto parts = parse_url(text);
  if (!parts) return tl::unexpected(parts.error());
  return to_http_url(*parts);
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto split = split_authority(text);
  const auto port = split && split->port ? parse_number<std::uint16_t>(*split->port) : std::nullopt;
  if (!port || !is_host(split->host))
    return failure("expected an address and a port, such as 127.0.0.1:8080 or [::1]:8080");
  return HostPort{std::string(split->host), *port};
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<std::string> canonical_address(std::string_view text) {
  const std::string terminated(text);
  char written[INET6_ADDRSTRLEN];
  for (const int family : {AF_INET, AF_INET6}) {
    in6_addr address{};  // holds either family
    if (inet_pton(family, terminated.c_str(), &address) == 1)
      return inet_ntop(family, &address, written, sizeof written);
  }
  return std::nullopt;
}

bool is_ip_address(std::string_view text) { return canonical_address(text).has_value(); }

bool is_host(std::string_view text) {
  constexpr std::size_t longest_name = 253;
  constexpr std::size_t longest_label = 63;
  if (is_ip_address(text)) return true;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > longest_name) return false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (!is_letter_or_digit(c) && c != '-' && c != '_') {
      return false;
    } else if (++label > longest_label) {
      return false;
    }
  }
  return label > 0;
}

bool is_resolver(std::string_view text) {
  if (is_ip_address(text)) return true;
  const auto split = split_authority(text);
  if (!split || !is_ip_address(split->host)) return false;
  if (!split->port) return true;
  const auto port = parse_number<std::uint16_t>(*split->port);
  return port && *port != 0;
}

bool is_address_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  if (!is_ip_address(address)) return false;
  if (slash == std::string_view::npos) return true;
  const auto bits = parse_number<unsigned>(text.substr(slash + 1));
  return bits && *bits <= (address.find(':') == std::string_view::npos ? 32U : 128U);
}

}  // namespace allclear::config
