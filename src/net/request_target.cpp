#include "net/request_target.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace allclear::net {
namespace {

enum class PlusSign : std::uint8_t { literal, space };

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length of the well-formed sequence (RFC 3629) that starts at `at`; 0: none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return byte(at + 1) >= low && byte(at + 1) <= high && tail(at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return byte(at + 1) >= low && byte(at + 1) <= high && tail(at + 2) && tail(at + 3) ? 4 : 0;
  }
  return 0;
}

bool clean_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7F) return false;
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

Result<void> decode(std::string_view text, PlusSign plus, std::string& into) {
  into.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus == PlusSign::space) {
      into += ' ';
    } else if (text[at] != '%') {
      into += text[at];
    } else {
      const int high = at + 1 < text.size() ? hex_digit(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return failure("the request target has a percent sign without two hex digits");
      into += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  if (!clean_text(into))
    return failure("the request target decodes to control characters or to text that is not UTF-8");
  return {};
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Result<void> read_pairs(std::string_view text, Pairs& into) {
  into.clear();
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto& [name, value] = into.emplace_back();
    if (auto done = decode(pair.substr(0, equals), PlusSign::space, name); !done) return done;
    if (equals == std::string_view::npos) continue;
    if (auto done = decode(pair.substr(equals + 1), PlusSign::space, value); !done) return done;
  }
  return {};
}

// "http://host/path?x" -> "/path?x": servers must accept the form that proxies receive (RFC 9112, 3.2.2). Empty: no host
// or no path.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_without_case(target.substr(0, scheme.size()), scheme)) continue;
    const auto slash = target.find_first_of("/?", scheme.size());
    if (slash == std::string_view::npos || slash == scheme.size() || target[slash] == '?') return {};
    return is_host(target.substr(scheme.size(), slash - scheme.size())) ? target.substr(slash) : std::string_view{};
  }
  return target;
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return text.empty() || (error == std::errc{} && end == text.data() + text.size());
}

bool all_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<Pairs> read_form(std::string_view body) {
  Pairs pairs;
  if (!read_pairs(body, pairs)) return failure("the form is not encoded as forms are");
  return pairs;
}

bool is_host(std::string_view value) {
  const bool bracketed = value.starts_with('[');
  const auto closing = bracketed ? value.find(']') : 0;
  if (closing == std::string_view::npos) return false;
  const auto colon = value.find(':', closing);
  if (colon != std::string_view::npos && !is_port(value.substr(colon + 1))) return false;
  const std::string_view host = value.substr(0, colon);
  if (bracketed) return host.ends_with(']') && all_of(host.substr(1, host.size() - 2), ".:%");
  return all_of(host, "-._~%!$&'()*+,;=");
}

Result<void> read_request_target(std::string_view target, HttpRequest& request) {
  request.path.clear();
  for (const char c : target) {
    if (c <= ' ' || c > '~' || c == '#')
      return failure("the request target has a character that must be percent-encoded");
  }
  if (request.method == "OPTIONS" && target == "*") {
    request.path = "*";
    return read_pairs({}, request.query);
  }
  const std::string_view local = without_authority(target);
  if (local.empty() || local.front() != '/')
    return failure("the request target must begin with / or be an absolute URL with a host and a path");
  const auto question = local.find('?');
  if (auto done = decode(local.substr(0, question), PlusSign::literal, request.path); !done) {
    request.path.clear();
    return done;
  }
  return read_pairs(question == std::string_view::npos ? std::string_view{} : local.substr(question + 1),
                    request.query);
}

}  // namespace allclear::net
