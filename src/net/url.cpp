#include "net/url.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address_v6.hpp>

namespace allclear::net {
namespace {

std::uint16_t usual_port(HttpScheme scheme) { return scheme == HttpScheme::https ? 443 : 80; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_alphanumeric(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9'); }

bool starts_without_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

// Everything that may not stand in a request line is percent-encoded.
std::string visible_ascii(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

Result<std::string> parse_host(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    if (text.back() != ']') return failure("expected ] after the IPv6 address");
    const std::string literal(text.substr(1, text.size() - 2));
    boost::system::error_code error;
    boost::asio::ip::make_address_v6(literal, error);
    if (error || literal.find('%') != std::string::npos) return failure("expected an IPv6 address in brackets");
    return literal;
  }
  if (text.empty() || text.size() > 253) return failure("expected a host name of 1 to 253 characters");
  std::string host(text);
  for (char& c : host) {
    if (!is_alphanumeric(c) && c != '.' && c != '-' && c != '_')
      return failure("expected a host name of letters, digits, . and -");
    c = lower(c);
  }
  return host;
}

// "host:port" and the rest into `url`, whose scheme is set.
Result<HttpUrl> parse_authority(HttpUrl url, std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (text.find('@') != std::string_view::npos) return failure("a URL here may not carry a user name");
  auto host = parse_host(text.substr(0, colon));
  if (!host) return tl::unexpected(host.error());
  url.host = *std::move(host);
  url.port = usual_port(url.scheme);
  if (colon == std::string_view::npos || colon + 1 == text.size()) return url;
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (problem != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535) {
    return failure("expected a port of 1 to 65535");
  }
  url.port = static_cast<std::uint16_t>(port);
  return url;
}

// RFC 3986, 5.2.4, on an absolute path.
std::string without_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = path.find('/', 1);
    const std::string_view segment = path.substr(0, end);
    const bool last = end == std::string_view::npos;
    if (segment == "/.." || segment == "/.") {
      if (segment == "/..") out.erase(std::min(out.rfind('/'), out.size()));
      if (last) out += '/';
    } else {
      out += segment;
    }
    path.remove_prefix(segment.size());
  }
  return out.empty() ? "/" : out;
}

std::string clean_path(std::string_view path_and_query) {
  const std::size_t query = path_and_query.find('?');
  std::string path = without_dot_segments(path_and_query.substr(0, query));
  if (query != std::string_view::npos) path += path_and_query.substr(query);
  return visible_ascii(path);
}

Result<HttpUrl> parse_after_scheme(HttpScheme scheme, std::string_view text) {
  HttpUrl url;
  url.scheme = scheme;
  const std::size_t end = text.find_first_of("/?");
  auto parsed = parse_authority(std::move(url), text.substr(0, end));
  if (!parsed) return parsed;
  if (end != std::string_view::npos) {
    std::string path(text[end] == '?' ? "/" : "");
    parsed->path = clean_path(path.append(text.substr(end)));
  }
  return parsed;
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
  text = text.substr(0, text.find('#'));
  if (starts_without_case(text, "http://")) return parse_after_scheme(HttpScheme::http, text.substr(7));
  if (starts_without_case(text, "https://")) return parse_after_scheme(HttpScheme::https, text.substr(8));
  return failure("expected http:// or https://");
}

Result<HttpUrl> resolve_reference(const HttpUrl& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const std::size_t colon = reference.find(':');
  const std::size_t delimiter = reference.find_first_of("/?");
  if (colon != std::string_view::npos && colon < delimiter) return parse_http_url(reference);
  if (reference.starts_with("//")) return parse_after_scheme(base.scheme, reference.substr(2));
  HttpUrl url = base;
  const std::string_view base_path = std::string_view(base.path).substr(0, base.path.find('?'));
  if (reference.empty()) return url;
  if (reference.front() == '/') {
    url.path = clean_path(reference);
  } else if (reference.front() == '?') {
    url.path = clean_path(std::string(base_path) + std::string(reference));
  } else {
    url.path = clean_path(std::string(base_path.substr(0, base_path.rfind('/') + 1)) + std::string(reference));
  }
  return url;
}

std::string authority_of(const HttpUrl& url) {
  const bool literal = url.host.find(':') != std::string::npos;
  std::string text;
  text.append(literal ? "[" : "").append(url.host).append(literal ? "]" : "");
  if (url.port != usual_port(url.scheme)) text.append(":").append(std::to_string(url.port));
  return text;
}

std::string to_string(const HttpUrl& url) {
  std::string text(url.scheme == HttpScheme::https ? "https://" : "http://");
  return text.append(authority_of(url)).append(url.path);
}

bool same_origin(const HttpUrl& a, const HttpUrl& b) {
  return a.scheme == b.scheme && a.port == b.port && a.host == b.host;
}

}  // namespace allclear::net
