// HttpConnection: one client's connection, request after request. Internal to net; callbacks instead of coroutines, since
// this is the hot path. One thread. It must not know how connections are counted: ConnectionHost does.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "net/http_answer.h"
#include "net/http_server.h"
#include "net/outflow.h"
#include "net/put_off.h"
#include "net/request_parser.h"

namespace allclear::net {

using ServerExecutor = boost::asio::io_context::executor_type;
using ServerSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, ServerExecutor>;
using SecureStream = boost::asio::ssl::stream<ServerSocket>;
using ServerTime = std::chrono::steady_clock::time_point;

// What a connection needs from its server.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  virtual const HttpServerLimits& limits() const = 0;
  virtual Reply handle(HttpRequest& request, const std::string& peer) = 0;
  // What begins and ends an answer that comes later; what they throw is told and answered.
  virtual void begin(const Later& later, std::shared_ptr<Responder> responder) = 0;
  virtual HttpResponse make(const Responder::Make& make, std::string_view path) = 0;
  virtual StreamState pull(StreamSource& source, std::vector<StreamBytes>& out) = 0;
  virtual const std::shared_ptr<LoopGate>& gate() const = 0;
  virtual HttpResponse refuse(const Refusal& refusal, std::string_view path) = 0;
  virtual ServerTime now() const = 0;         // as of the last tick
  virtual std::string_view date() const = 0;  // the Date header's value, as of the last tick
  virtual bool stopping() const = 0;
  virtual void gone(class Connection& connection) = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void start() = 0;
  // Looks at the deadlines.
  virtual void tick() = 0;
  // Closes when between two requests; otherwise after the running one.
  virtual void finish() = 0;
  virtual void cut() = 0;
  // Of the request that was put off under this number, when it still waits; `make` is empty when nobody will answer.
  virtual void answer_put_off(std::uint64_t number, const Responder::Make& make) = 0;
};

template <class Stream>
class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Stream stream, std::string peer, std::shared_ptr<ConnectionHost> host);
  ~HttpConnection() override;

  void start() override;
  void tick() override;
  void finish() override;
  void cut() override;
  void answer_put_off(std::uint64_t number, const Responder::Make& make) override;

 private:
  enum class State : std::uint8_t { handshake, reading, waiting, writing, streaming, lingering, closed };
  static constexpr bool secure = std::is_same_v<Stream, SecureStream>;
  static constexpr std::size_t first_buffer = 2048;

  void expect_within(std::chrono::milliseconds limit) { deadline_ = host_->now() + limit; }
  void read();
  void on_read(const boost::system::error_code& error, std::size_t count);
  void advance();
  void set_read_deadline(RequestPhase before);
  bool make_room();
  void invite_body();
  void answer();
  void put_off(const Later& later);
  void begin_stream(Streaming&& streaming);
  void flow();
  void write_stream();
  void on_streamed(const boost::system::error_code& error);
  void watch_for_end();
  void send(HttpResponse&& response);
  void refuse(const Refusal& refusal);
  void write();
  void on_written(const boost::system::error_code& error);
  void end();
  void linger();
  void drain_input();
  ServerSocket& socket() {
    if constexpr (secure) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }
  std::string_view pending() const { return {buffer_.data() + begin_, end_ - begin_}; }

  Stream stream_;
  const std::string peer_;
  const std::shared_ptr<ConnectionHost> host_;
  RequestParser parser_;
  AnswerBytes answer_;
  std::unique_ptr<Outflow> outflow_;  // while streaming
  std::string buffer_;  // received bytes are [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t lingered_ = 0;
  ServerTime deadline_;
  State state_ = State::handshake;
  bool close_after_ = false;
  bool refused_ = false;
  bool overdue_ = false;              // the deadline passed while reading: the pending read's end answers 408
  bool invited_ = false;              // 100 Continue was sent for this request
  std::uint64_t put_off_ = 0;         // requests so far
  std::shared_ptr<Connection> kept_;  // itself, while it waits: no operation holds it then
};

extern template class HttpConnection<ServerSocket>;
extern template class HttpConnection<SecureStream>;

}  // namespace allclear::net
