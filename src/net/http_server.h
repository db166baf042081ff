// HttpServer: listens, bounds what clients can cost (S10) and hands whole requests to one handler.
// Everything runs on the io_context's single thread, start, stop and destruction too. Knows no routes and no domain.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/log.h"
#include "base/result.h"
#include "net/http_later.h"
#include "net/http_message.h"
#include "net/request_parser.h"

namespace allclear::net {

// Quick: while it runs nobody else is served. What takes longer is answered later.
using Handler = std::function<Reply(const HttpRequest&)>;
// How the server words what it refuses before a handler sees it (400, 408, 413, 429, 431, 501, 503, 505). `path` as in
// HttpRequest; empty when the request was refused before it was read.
using RefusalAnswer = std::function<HttpResponse(int status, std::string_view detail, std::string_view path)>;

struct HttpServerLimits {
  RequestLimits request;
  std::size_t connections = 1'000;
  std::size_t connections_per_address = 50;  // an IPv6 /64 counts as one address; trusted proxies are not counted
  std::chrono::milliseconds head{10'000};    // from a request's first byte (or the accept) to the end of its head
  std::chrono::milliseconds body{30'000};    // from the end of the head to the end of the body
  std::chrono::milliseconds later{15'000};   // until a handler that answers later has done so
  std::chrono::milliseconds answer{30'000};  // until the client has taken the whole answer
  std::size_t stream_backlog = 1024 * 1024;           // bytes that a streaming client may be behind
  std::chrono::milliseconds stream_write{30'000};  // until it has taken what is being written; a quiet one waits for ever
  std::chrono::milliseconds idle{60'000};    // between two requests
  std::chrono::milliseconds linger{2'000};   // reading on after a refusal, so that the client sees the answer
  std::chrono::milliseconds drain{5'000};    // from stop() until running answers are cut
};

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // an IP literal, or "localhost" for 127.0.0.1
  std::uint16_t port = 0;          // 0: any free one
  HttpServerLimits limits;
  std::vector<std::string> trusted_proxies;  // addresses or CIDR ranges whose X-Forwarded-For is believed
  std::string tls_cert_file;                 // PEM chain; empty: plain HTTP
  std::string tls_key_file;
  RefusalAnswer refusal;  // empty: a line of plain text
};

class HttpServer {
 public:
  // Error: names the address, e.g. "cannot listen on 127.0.0.1:8080: Address already in use".
  static Result<std::unique_ptr<HttpServer>> listen(boost::asio::io_context& io, HttpServerOptions options,
                                                    Handler handler, Log& log);
  // Cuts every connection.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  std::size_t connection_count() const;
  // Takes no more connections, closes idle ones, lets running requests finish within limits.drain. Returns at once;
  // when all are gone the server leaves no work on the io_context.
  void stop();

 private:
  class Listener;
  explicit HttpServer(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace allclear::net
