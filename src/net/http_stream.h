// How a handler answers without an end: the head at once, then what comes, until the source or the client ends it. Knows no
// socket. Only a server that holds connections can send such an answer: a cloud function cannot, and has no such routes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/http_message.h"

namespace allclear::net {

using StreamBytes = std::shared_ptr<const std::string>;  // shared: many streams send the same
enum class StreamState : std::uint8_t { open, ended };

class StreamSource {
 public:
  virtual ~StreamSource() = default;
  // Appends what came since the last call. On the server's thread, at the beginning and then with each of its ticks (four
  // a second), also while the client has not taken all of what came before. Quick. `ended`: the connection closes once
  // all is sent.
  virtual StreamState pull(std::vector<StreamBytes>& out) = 0;
};

struct Streaming {
  HttpResponse head;  // without a body
  std::shared_ptr<StreamSource> source;
};

}  // namespace allclear::net
