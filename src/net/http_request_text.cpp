#include "net/http_request_text.h"

#include <algorithm>

namespace allclear::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

// Any other configured header may hold a secret (X-Api-Key, Cookie, …), so it stays with the origin it was meant for.
bool is_for_anybody(std::string_view name) {
  return same_name(name, "Accept") || same_name(name, "Accept-Encoding") || same_name(name, "Accept-Language") ||
         same_name(name, "User-Agent");
}

// Sent in place of our default of the same name.
bool is_given(const HttpCall& call, std::string_view name) {
  return std::any_of(call.headers.begin(), call.headers.end(),
                     [&](const HeaderView& h) { return same_name(h.name, name); });
}

void add(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

// Of visible characters: nothing in it ends the word or the line.
bool is_target(std::string_view path) {
  return !path.empty() && std::all_of(path.begin(), path.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F;
  });
}

tl::unexpected<Fault> unsendable(std::string_view what) {
  return fault(FaultPhase::local, FaultKind::local_fault, std::string(what) + " cannot be sent");
}

// What no check of a header has passed: it never goes out, whoever made it.
Outcome<void> judge_own_fields(const HttpCall& call, const HttpUrl& url) {
  if (!is_target(authority_of(url))) return unsendable("header Host");
  if (!is_target(url.path)) return unsendable("the path");
  if (!is_field_value(call.user_agent)) return unsendable("header User-Agent");
  if (!is_field_value(call.authorization)) return unsendable("header Authorization");
  return {};
}

}  // namespace

Outcome<std::string> request_text(const HttpCall& call, const RequestLine& line) {
  if (!is_token(line.method)) return fault(FaultPhase::local, FaultKind::local_fault, "expected a method such as GET");
  if (const auto sendable = judge_own_fields(call, line.url); !sendable) return tl::unexpected(sendable.error());
  std::string text;
  text.reserve(512 + line.url.path.size() + line.body.size());
  text.append(line.method).append(" ");
  if (line.through_proxy) text.append("http://").append(authority_of(line.url));
  text.append(line.url.path).append(" HTTP/1.1\r\n");
  if (!is_given(call, "Host") || !line.same_origin) add(text, "Host", authority_of(line.url));
  if (!is_given(call, "User-Agent")) add(text, "User-Agent", call.user_agent);
  if (!is_given(call, "Accept")) add(text, "Accept", "*/*");
  if (!is_given(call, "Accept-Encoding")) add(text, "Accept-Encoding", "identity");
  add(text, "Connection", call.connection == ConnectionUse::kept_alive ? "keep-alive" : "close");
  if (line.same_origin && !call.authorization.empty() && !is_given(call, "Authorization")) {
    add(text, "Authorization", call.authorization);
  }
  for (const HeaderView& header : call.headers) {
    if (!is_token(header.name) || !is_field_value(header.value)) {
      return unsendable("header " + std::string(header.name));
    }
    const bool framing = same_name(header.name, "Connection") || same_name(header.name, "Content-Length") ||
                         same_name(header.name, "Transfer-Encoding");
    const bool withheld = !line.same_origin && !is_for_anybody(header.name);
    if (!framing && !withheld) add(text, header.name, header.value);
  }
  const bool announces_body =
      !line.body.empty() || line.method == "POST" || line.method == "PUT" || line.method == "PATCH";
  if (announces_body) add(text, "Content-Length", std::to_string(line.body.size()));
  text.append("\r\n").append(line.body);
  return text;
}

std::string connect_text(const HttpCall& call, const HttpUrl& url) {
  const std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  const std::string authority = host + ":" + std::to_string(url.port);
  std::string text = "CONNECT " + authority + " HTTP/1.1\r\n";
  add(text, "Host", authority);
  add(text, "User-Agent", call.user_agent);
  return text + "\r\n";
}

}  // namespace allclear::net
