#include "net/http_connection.h"

#include <cstring>

#include <boost/asio/buffer.hpp>

namespace allclear::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t linger_bytes = 256 * 1024;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

template <class Stream>
HttpConnection<Stream>::HttpConnection(Stream stream, std::string peer, std::shared_ptr<ConnectionHost> host)
    : stream_(std::move(stream)),
      peer_(std::move(peer)),
      host_(std::move(host)),
      parser_(host_->limits().request),
      buffer_(first_buffer, '\0') {}

template <class Stream>
HttpConnection<Stream>::~HttpConnection() {
  host_->gone(*this);
}

template <class Stream>
void HttpConnection<Stream>::start() {
  expect_within(host_->limits().head);
  if constexpr (secure) {
    stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](const error_code& error) {
      if (error || self->state_ == State::closed) return self->cut();
      self->state_ = State::reading;
      self->read();
    });
  } else {
    state_ = State::reading;
    read();
  }
}

template <class Stream>
void HttpConnection<Stream>::read() {
  stream_.async_read_some(
      asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
      [self = this->shared_from_this()](const error_code& error, std::size_t count) { self->on_read(error, count); });
}

template <class Stream>
void HttpConnection<Stream>::on_read(const error_code& error, std::size_t count) {
  if (state_ != State::reading) return;
  if (overdue_) return refuse({408, "the request did not arrive in time"});
  if (error) return cut();
  end_ += count;
  advance();
}

template <class Stream>
void HttpConnection<Stream>::advance() {
  for (;;) {
    const RequestPhase before = parser_.phase();
    const auto used = parser_.put(pending());
    if (!used) return refuse(used.error());
    begin_ += *used;
    if (parser_.phase() == RequestPhase::complete) return answer();
    set_read_deadline(before);
    if (*used > 0 && begin_ < end_) continue;
    break;
  }
  if (begin_ == end_) begin_ = end_ = 0;
  if (!make_room()) return cut();
  if (parser_.phase() == RequestPhase::body && parser_.expects_continue() && !invited_ && begin_ == end_)
    return invite_body();
  read();
}

template <class Stream>
void HttpConnection<Stream>::set_read_deadline(RequestPhase before) {
  const RequestPhase phase = parser_.phase();
  if (phase == before) return;
  if (phase == RequestPhase::head) expect_within(host_->limits().head);
  if (phase == RequestPhase::body) expect_within(host_->limits().body);
}

// The parser refuses a head or chunk header that fills the limit, so the buffer never grows beyond twice of it.
template <class Stream>
bool HttpConnection<Stream>::make_room() {
  if (end_ < buffer_.size()) return true;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  if (buffer_.size() > host_->limits().request.head) return false;
  buffer_.resize(buffer_.size() * 2);
  return true;
}

template <class Stream>
void HttpConnection<Stream>::invite_body() {
  invited_ = true;
  asio::async_write(stream_, asio::buffer(continue_line),
                    [self = this->shared_from_this()](const error_code& error, std::size_t) {
                      if (self->state_ != State::reading) return;
                      if (error) return self->cut();
                      self->read();
                    });
}

template <class Stream>
void HttpConnection<Stream>::answer() {
  HttpRequest& request = parser_.request();
  request.secure = secure;
  close_after_ = close_after_ || !parser_.keep_alive() || host_->stopping();
  Reply reply = host_->handle(request, peer_);
  if (const auto* later = std::get_if<Later>(&reply)) return put_off(*later);
  if (auto* streaming = std::get_if<Streaming>(&reply)) return begin_stream(std::move(*streaming));
  send(std::move(std::get<HttpResponse>(reply)));
}

template <class Stream>
void HttpConnection<Stream>::send(HttpResponse&& response) {
  const BodyPart part = parser_.request().method == "HEAD" ? BodyPart::leave_out : BodyPart::send;
  const ConnectionWord kept = parser_.http_1_0() ? ConnectionWord::keep_alive : ConnectionWord::none;
  answer_.fill(std::move(response), part, close_after_ ? ConnectionWord::close : kept, host_->date());
  write();
}

template <class Stream>
void HttpConnection<Stream>::put_off(const Later& later) {
  state_ = State::waiting;
  expect_within(host_->limits().later);
  kept_ = this->shared_from_this();
  host_->begin(later, std::make_shared<PutOff>(host_->gate(), this->weak_from_this(), ++put_off_));
}

template <class Stream>
void HttpConnection<Stream>::answer_put_off(std::uint64_t number, const Responder::Make& make) {
  if (state_ != State::waiting || number != put_off_) return;
  const auto self = std::move(kept_);  // the writing holds it from here
  if (!make) return refuse({503, "the answer was lost on its way; try again"});
  send(host_->make(make, parser_.request().path));
}

template <class Stream>
void HttpConnection<Stream>::refuse(const Refusal& refusal) {
  close_after_ = true;
  refused_ = true;
  answer_.fill(host_->refuse(refusal, parser_.request().path), BodyPart::send, ConnectionWord::close, host_->date());
  write();
}

template <class Stream>
void HttpConnection<Stream>::begin_stream(Streaming&& streaming) {
  close_after_ = true;
  answer_.fill(std::move(streaming.head), BodyPart::endless, ConnectionWord::close, host_->date());
  if (parser_.request().method == "HEAD" || host_->stopping()) return write();
  outflow_ = std::make_unique<Outflow>(std::move(streaming.source));
  outflow_->begin_head();
  state_ = State::streaming;
  expect_within(host_->limits().stream_write);
  asio::async_write(
      stream_, answer_.buffers(),
      [self = this->shared_from_this()](const error_code& error, std::size_t) { self->on_streamed(error); });
  watch_for_end();
  flow();
}

template <class Stream>
void HttpConnection<Stream>::flow() {
  if (!outflow_->ended()) {
    std::vector<StreamBytes> parts;
    const StreamState state = host_->pull(outflow_->source(), parts);
    outflow_->add(std::move(parts), state);
  }
  if (outflow_->waiting() > host_->limits().stream_backlog) return cut();
  if (!outflow_->writing()) return write_stream();
  if (host_->now() >= deadline_) cut();
}

template <class Stream>
void HttpConnection<Stream>::write_stream() {
  if (outflow_->empty()) {
    if (outflow_->ended()) cut();
    return;
  }
  expect_within(host_->limits().stream_write);
  asio::async_write(
      stream_, outflow_->begin(),
      [self = this->shared_from_this()](const error_code& error, std::size_t) { self->on_streamed(error); });
}

template <class Stream>
void HttpConnection<Stream>::on_streamed(const error_code& error) {
  if (state_ != State::streaming) return;
  if (error) return cut();
  outflow_->sent();
  write_stream();
}

// Nothing is expected from a client that listens but that it goes.
template <class Stream>
void HttpConnection<Stream>::watch_for_end() {
  stream_.async_read_some(asio::buffer(buffer_),
                          [self = this->shared_from_this()](const error_code& error, std::size_t count) {
                            if (self->state_ != State::streaming) return;
                            self->lingered_ += count;
                            if (error || self->lingered_ > linger_bytes) return self->cut();
                            self->watch_for_end();
                          });
}

template <class Stream>
void HttpConnection<Stream>::write() {
  state_ = State::writing;
  expect_within(host_->limits().answer);
  asio::async_write(
      stream_, answer_.buffers(),
      [self = this->shared_from_this()](const error_code& error, std::size_t) { self->on_written(error); });
}

template <class Stream>
void HttpConnection<Stream>::on_written(const error_code& error) {
  if (state_ != State::writing) return;
  if (error) return cut();
  if (close_after_ || host_->stopping()) return refused_ || begin_ < end_ ? linger() : end();
  parser_.next();
  invited_ = false;
  state_ = State::reading;
  expect_within(host_->limits().idle);
  advance();
}

template <class Stream>
void HttpConnection<Stream>::end() {
  state_ = State::lingering;
  if constexpr (secure) {
    expect_within(host_->limits().linger);
    stream_.async_shutdown([self = this->shared_from_this()](const error_code&) { self->cut(); });
  } else {
    cut();
  }
}

// Closing with unread bytes would reset the connection and could destroy the answer on its way.
template <class Stream>
void HttpConnection<Stream>::linger() {
  state_ = State::lingering;
  expect_within(host_->limits().linger);
  error_code ignored;
  socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  drain_input();
}

template <class Stream>
void HttpConnection<Stream>::drain_input() {
  socket().async_read_some(asio::buffer(buffer_),
                           [self = this->shared_from_this()](const error_code& error, std::size_t count) {
                             if (self->state_ != State::lingering) return;
                             self->lingered_ += count;
                             if (error || self->lingered_ > linger_bytes) return self->cut();
                             self->drain_input();
                           });
}

template <class Stream>
void HttpConnection<Stream>::tick() {
  if (state_ == State::streaming) return flow();
  if (state_ == State::closed || host_->now() < deadline_) return;
  if (state_ == State::waiting) {
    const auto self = std::move(kept_);
    return refuse({503, "the answer did not come in time; try again"});
  }
  const bool request_begun = state_ == State::reading && parser_.phase() != RequestPhase::idle;
  if (secure || !request_begun || overdue_) return cut();
  overdue_ = true;
  expect_within(host_->limits().linger);
  error_code ignored;
  socket().cancel(ignored);
}

template <class Stream>
void HttpConnection<Stream>::finish() {
  close_after_ = true;
  const bool between = state_ == State::reading && parser_.phase() == RequestPhase::idle;
  if (between || state_ == State::handshake || state_ == State::streaming) cut();
}

template <class Stream>
void HttpConnection<Stream>::cut() {
  if (state_ == State::closed) return;
  error_code ignored;
  // A client that does not read would keep the kernel's send buffer for minutes: reset instead.
  const bool sending = state_ == State::writing || (state_ == State::streaming && outflow_->writing());
  if (sending) socket().set_option(asio::socket_base::linger(true, 0), ignored);
  state_ = State::closed;
  socket().close(ignored);
  if (outflow_) outflow_->forget_source();
  kept_.reset();  // whoever calls holds another
}

template class HttpConnection<ServerSocket>;
template class HttpConnection<SecureStream>;

}  // namespace allclear::net
