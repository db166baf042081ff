// Cookies (RFC 6265) of logging in: their names follow from whether the request came over TLS (S2). Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace allclear::api {

enum class Cookie : std::uint8_t { session, login_form };

// Over TLS with the prefix that binds it to this host (RFC 6265bis, 4.1.3.2).
std::string cookie_name(Cookie cookie, const net::HttpRequest& request);
// Empty: the request carries none.
std::string_view cookie_of(const net::HttpRequest& request, Cookie cookie);
net::HttpField set_cookie(const net::HttpRequest& request, Cookie cookie, std::string_view value,
                          std::chrono::seconds lasts);
net::HttpField drop_cookie(const net::HttpRequest& request, Cookie cookie);

}  // namespace allclear::api
