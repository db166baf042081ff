#include "net/stream.h"

#include <sys/socket.h>

#include <cerrno>

#include "net/awaiting.h"

namespace allclear::net {
namespace {

// After so much the loop's other tasks have their turn, however fast the peer sends.
constexpr std::size_t most_at_once = 64 * 1024;  // bytes from the socket
constexpr milliseconds longest_at_once{5};       // decrypting many small records costs more than their bytes

boost::system::error_code last_socket_error() { return {errno, boost::system::system_category()}; }

}  // namespace

void Stream::interrupt() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

Task<Outcome<void>> Stream::wait(Direction direction, FaultPhase phase, Deadline& deadline) {
  if (deadline.passed()) co_return deadline_fault(phase);
  const InterruptScope scope(deadline, *this);
  boost::system::error_code error;
  auto token = boost::asio::redirect_error(use_task, error);
  co_await socket_.async_wait(direction == Direction::read ? TcpSocket::wait_read : TcpSocket::wait_write, token);
  if (deadline.passed()) co_return deadline_fault(phase);
  if (error == boost::asio::error::operation_aborted) end_cancelled_task();
  if (error) co_return socket_fault(phase, error);
  co_return Outcome<void>{};
}

Task<Outcome<std::size_t>> Stream::read_some(std::span<char> into, FaultPhase phase, Deadline& deadline) {
  return tls_ ? read_encrypted(into, phase, deadline) : read_plain(into, phase, deadline);
}

Task<Outcome<std::size_t>> Stream::read_plain(std::span<char> into, FaultPhase phase, Deadline& deadline) {
  for (;;) {
    if (drained_ || at_once_ >= most_at_once) {
      auto ready = co_await wait(Direction::read, phase, deadline);
      if (!ready) co_return tl::unexpected(std::move(ready.error()));
      at_once_ = 0;
    }
    const ssize_t received = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (received > 0) at_once_ += static_cast<std::size_t>(received);
    // Less than there was room for: the next call would find nothing yet.
    drained_ = received != 0 && received < static_cast<ssize_t>(into.size());
    if (received >= 0) co_return static_cast<std::size_t>(received);
    if (errno != EAGAIN && errno != EINTR) co_return socket_fault(phase, last_socket_error());
  }
}

Task<Outcome<std::size_t>> Stream::read_encrypted(std::span<char> into, FaultPhase phase, Deadline& deadline) {
  for (;;) {
    if (at_once_ >= most_at_once || (at_once_ > 0 && monotonic_now() - turn_began_ >= longest_at_once)) {
      auto ready = co_await take_turns(phase, deadline);
      if (!ready) co_return tl::unexpected(std::move(ready.error()));
    }
    if (at_once_ == 0) turn_began_ = monotonic_now();
    const std::size_t before = tls_->received();
    const TlsStep step = tls_->read(into);
    at_once_ += tls_->received() - before;
    switch (step.progress) {
      case TlsProgress::done: co_return step.bytes;
      case TlsProgress::ended: co_return std::size_t{0};
      case TlsProgress::failed: co_return tls_->failure_in(phase);
      case TlsProgress::wants_read:
      case TlsProgress::wants_write: break;
    }
    const auto direction = step.progress == TlsProgress::wants_read ? Direction::read : Direction::write;
    auto ready = co_await wait(direction, phase, deadline);
    if (!ready) co_return tl::unexpected(std::move(ready.error()));
    at_once_ = 0;
  }
}

// Decrypted bytes may lie ready without anything to come: that is no matter for the socket to wait for.
Task<Outcome<void>> Stream::take_turns(FaultPhase phase, Deadline& deadline) {
  co_await boost::asio::post(socket_.get_executor(), use_task);
  at_once_ = 0;
  if (deadline.passed()) co_return deadline_fault(phase);
  co_return Outcome<void>{};
}

Task<Outcome<void>> Stream::write(std::string_view bytes, FaultPhase phase, Deadline& deadline) {
  if (tls_) tls_->begin_exchange();
  while (!bytes.empty()) {
    auto direction = Direction::write;
    if (tls_) {
      const TlsStep step = tls_->write(bytes);
      if (step.progress == TlsProgress::failed || step.progress == TlsProgress::ended)
        co_return tls_->failure_in(phase);
      if (step.progress == TlsProgress::wants_read) direction = Direction::read;
      bytes.remove_prefix(step.bytes);
      if (step.progress == TlsProgress::done) continue;
    } else {
      const ssize_t sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno != EAGAIN && errno != EINTR) co_return socket_fault(phase, last_socket_error());
    }
    auto ready = co_await wait(direction, phase, deadline);
    if (!ready) co_return ready;
  }
  co_return Outcome<void>{};
}

Task<Outcome<void>> Stream::handshake(TlsSession session, Deadline& deadline) {
  tls_ = std::move(session);
  tls_->attach(socket_.native_handle());
  for (;;) {
    const TlsStep step = tls_->handshake();
    switch (step.progress) {
      case TlsProgress::done: co_return Outcome<void>{};
      case TlsProgress::ended:
      case TlsProgress::failed: co_return tls_->failure_in(FaultPhase::tls);
      case TlsProgress::wants_read:
      case TlsProgress::wants_write: break;
    }
    const auto direction = step.progress == TlsProgress::wants_read ? Direction::read : Direction::write;
    auto ready = co_await wait(direction, FaultPhase::tls, deadline);
    if (!ready) co_return ready;
  }
}

bool Stream::is_quiet() const {
  char byte = 0;
  const auto handle = const_cast<TcpSocket&>(socket_).native_handle();
  return ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

void Stream::close() {
  if (tls_) tls_->say_goodbye();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace allclear::net
