// The bytes of an HTTP/1.1 request. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/fault.h"
#include "net/http_client.h"

namespace allclear::net {

struct RequestLine {
  std::string_view method;
  const HttpUrl& url;
  std::string_view body;
  bool through_proxy = false;  // absolute form
  bool same_origin = true;     // as the call's URL: credentials are sent
};

// Refuses header names and values that would break out of their line.
Outcome<std::string> request_text(const HttpCall& call, const RequestLine& line);
std::string connect_text(const HttpCall& call, const HttpUrl& url);

}  // namespace allclear::net
