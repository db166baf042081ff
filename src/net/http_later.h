// How a handler answers: at once, later and from any thread, or by a stream. Knows no socket; a cloud function uses the same
// but streams.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "net/http_message.h"
#include "net/http_stream.h"

namespace allclear::net {

// The way back to one request. Any thread; only the first answer counts. When nobody holds it any more and none was
// given, or none comes in time, the request is answered with 503.
class Responder {
 public:
  // Called on the server's thread; never when the client has gone or the server has ended.
  using Make = std::function<HttpResponse()>;

  virtual ~Responder() = default;
  virtual void respond(Make make) = 0;
};

// Begins what the answer waits for. Called once, on the server's thread; the request is gone by then.
using Later = std::function<void(std::shared_ptr<Responder>)>;

using Reply = std::variant<HttpResponse, Later, Streaming>;

}  // namespace allclear::net
