// Stream: one connected socket, with or without TLS on it. Every wait ends at the deadline in use. One loop only.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/deadline.h"
#include "net/fault.h"
#include "net/tls_session.h"

namespace allclear::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, LoopExecutor>;

class Stream final : private Interruptible {
 public:
  explicit Stream(TcpSocket socket) : socket_(std::move(socket)) {}

  // Some bytes, at least one; 0 when the peer ended the stream (with or without close_notify).
  Task<Outcome<std::size_t>> read_some(std::span<char> into, FaultPhase phase, Deadline& deadline);
  // All of it.
  Task<Outcome<void>> write(std::string_view bytes, FaultPhase phase, Deadline& deadline);
  // From here on everything is encrypted. The session says what was presented, also when this fails.
  Task<Outcome<void>> handshake(TlsSession session, Deadline& deadline);

  const TlsSession* tls() const { return tls_ ? &*tls_ : nullptr; }
  // A kept-alive connection on which nothing has arrived since.
  bool is_quiet() const;
  // Says goodbye as far as that needs no waiting.
  void close();

 private:
  enum class Direction : std::uint8_t { read, write };

  void interrupt() override;
  Task<Outcome<void>> wait(Direction direction, FaultPhase phase, Deadline& deadline);
  Task<Outcome<void>> take_turns(FaultPhase phase, Deadline& deadline);
  Task<Outcome<std::size_t>> read_plain(std::span<char> into, FaultPhase phase, Deadline& deadline);
  Task<Outcome<std::size_t>> read_encrypted(std::span<char> into, FaultPhase phase, Deadline& deadline);

  TcpSocket socket_;
  std::optional<TlsSession> tls_;
  bool drained_ = true;       // reading now would most likely find nothing
  std::size_t at_once_ = 0;   // bytes read since the last wait
  MonotonicTime turn_began_;  // of the read that was the first since
};

}  // namespace allclear::net
