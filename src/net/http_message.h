// HTTP requests and answers as plain values: what handlers see. Knows no socket, no Beast; a cloud function uses the same.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace allclear::net {

// ASCII only, as header names compare.
bool equal_without_case(std::string_view a, std::string_view b);

struct HttpField {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method;                                      // upper case
  std::string path;                                        // percent-decoded, begins with '/'; "*" of OPTIONS *
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<HttpField> headers;
  std::string body;
  std::string client_address;  // behind trusted_proxies: the forwarded one
  bool secure = false;         // TLS; behind trusted_proxies also when X-Forwarded-Proto says https

  // The first value; empty when absent. Header names compare without case.
  std::string_view header(std::string_view name) const;
  const std::string* query_value(std::string_view name) const;
  std::size_t query_count(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<HttpField> headers;           // without Date, Content-Length and Connection: the transport's
  std::shared_ptr<const std::string> body;  // null: empty; shared, so that a prebuilt page is never copied
  // Prebuilt status line + headers (each ending in CRLF, without Date, Connection and the empty line), for hot
  // answers; when set, `headers` is ignored.
  std::shared_ptr<const std::string> prebuilt_head;
};

}  // namespace allclear::net
