#include "adapters/api/cookies.h"

namespace allclear::api {
namespace {

std::string_view without_spaces(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::string cookie_name(Cookie cookie, const net::HttpRequest& request) {
  const std::string name = cookie == Cookie::session ? "allclear" : "allclear-login";
  return request.secure ? "__Host-" + name : name;
}

std::string_view cookie_of(const net::HttpRequest& request, Cookie cookie) {
  const std::string wanted = cookie_name(cookie, request);
  for (const net::HttpField& field : request.headers) {
    if (!net::equal_without_case(field.name, "Cookie")) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || without_spaces(pair.substr(0, equals)) != wanted) continue;
      return without_spaces(pair.substr(equals + 1));
    }
  }
  return {};
}

// Lax: a link to the dashboard in a mail finds who is logged in; what changes anything asks for more than the cookie.
net::HttpField set_cookie(const net::HttpRequest& request, Cookie cookie, std::string_view value,
                          std::chrono::seconds lasts) {
  std::string text = cookie_name(cookie, request) + "=";
  text.append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=").append(std::to_string(lasts.count()));
  if (request.secure) text += "; Secure";
  return {"Set-Cookie", std::move(text)};
}

net::HttpField drop_cookie(const net::HttpRequest& request, Cookie cookie) {
  return set_cookie(request, cookie, "", std::chrono::seconds(0));
}

}  // namespace allclear::api
