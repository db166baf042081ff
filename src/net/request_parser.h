// RequestParser: bytes of one connection -> one HttpRequest or a Refusal, strictly (S10, S11). Sans-I/O; one thread.
// Framing is Beast's; what Beast lets through and a proxy could read differently is refused before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace allclear::net {

struct RequestLimits {
  std::size_t head = 16 * 1024;    // bytes of request line and headers
  std::size_t fields = 100;        // header lines
  std::size_t body = 1024 * 1024;  // bytes after decoding
};

// Why a request is not handed on; the connection closes after the answer.
struct Refusal {
  int status = 400;
  std::string detail;
};

enum class RequestPhase : std::uint8_t { idle, head, body, complete };

class RequestParser {
 public:
  explicit RequestParser(RequestLimits limits);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // `bytes`: everything received and not yet consumed. Returns how many were consumed; the rest must be given again
  // with more behind it (or, when complete, belongs to the next request).
  Result<std::size_t, Refusal> put(std::string_view bytes);
  // Ready for the next request of the connection; the request's storage is kept for reuse.
  void next();

  RequestPhase phase() const;
  bool keep_alive() const;        // after the head
  bool http_1_0() const;          // after the head
  bool expects_continue() const;  // the client waits for "100 Continue" before it sends the body
  HttpRequest& request();         // its path is empty until the target was read

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace allclear::net
