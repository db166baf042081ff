#include "net/connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "net/awaiting.h"

namespace allclear::net {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::tcp;

std::string text_of(const tcp::endpoint& endpoint) {
  const bool six = endpoint.address().is_v6();
  std::string text;
  text.append(six ? "[" : "").append(endpoint.address().to_string()).append(six ? "]:" : ":");
  return text.append(std::to_string(endpoint.port()));
}

tl::unexpected<Fault> blocked(const address& where, NamedBy named_by) {
  const std::string_view who = named_by == NamedBy::check ? "connections" : "redirects from the Internet";
  return fault(FaultPhase::connect, FaultKind::blocked_address,
               std::string(who) + " to " + where.to_string() + " are not allowed");
}

// A socket on its way to the endpoint. By hand: Asio would set the non-blocking mode and look for the result with
// system calls of their own, which is most of what a check costs beside the kernel's TCP.
boost::system::error_code start_connecting(TcpSocket& socket, const tcp::endpoint& endpoint) {
  const auto last_error = [] { return boost::system::error_code(errno, boost::system::system_category()); };
  const int handle = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (handle < 0) return last_error();
  boost::system::error_code error;
  socket.assign(endpoint.protocol(), handle, error);
  if (error) {
    ::close(handle);
    return error;
  }
  const int yes = 1;
  ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(handle, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 || errno == EINPROGRESS)
    return {};
  return last_error();
}

// Once the socket is writable.
boost::system::error_code result_of_connecting(TcpSocket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  return {error, boost::system::system_category()};
}

// Without the address: the trace has it.
Fault connect_fault(FaultKind kind, const boost::system::error_code& error) {
  return Fault{FaultPhase::connect, kind, clean_text(error.message())};
}

class SocketInterrupt final : public Interruptible {
 public:
  explicit SocketInterrupt(TcpSocket& socket) : socket_(socket) {}
  void interrupt() override {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

 private:
  TcpSocket& socket_;
};

Task<Outcome<Connected>> connect_one(LoopExecutor loop, tcp::endpoint endpoint, Deadline& deadline) {
  TcpSocket socket(loop);
  if (const auto error = start_connecting(socket, endpoint))
    co_return tl::unexpected(connect_fault(kind_of_socket_error(error), error));
  SocketInterrupt interrupt(socket);
  const InterruptScope scope(deadline, interrupt);
  boost::system::error_code error;
  auto token = boost::asio::redirect_error(use_task, error);
  co_await socket.async_wait(TcpSocket::wait_write, token);
  if (deadline.passed()) co_return deadline_fault(FaultPhase::connect);
  if (error == boost::asio::error::operation_aborted) end_cancelled_task();
  if (!error) error = result_of_connecting(socket);
  if (!error) co_return Connected{std::move(socket), text_of(endpoint), endpoint.address()};
  co_return tl::unexpected(connect_fault(kind_of_network_error(error), error));
}

// Ours to lack: then nobody knows how that address would have answered (R13).
bool is_scarcity(const boost::system::error_code& error) {
  return error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS || error.value() == ENOMEM;
}

// Several connection attempts at once; the handlers share it, so that late ones find nothing to do.
class Race final : public Interruptible, public std::enable_shared_from_this<Race> {
 public:
  explicit Race(const LoopExecutor& loop) : loop_(loop), changed_(loop) {}

  void start(const tcp::endpoint& endpoint) {
    auto attempt = std::make_shared<TcpSocket>(loop_);
    if (const auto error = start_connecting(*attempt, endpoint)) {
      lost(endpoint, kind_of_socket_error(error), error);
      return;
    }
    attempts_.push_back(attempt);
    ++running_;
    const auto connected = [self = shared_from_this(), attempt, endpoint](boost::system::error_code error) {
      self->finished(attempt, endpoint, error ? error : result_of_connecting(*attempt));
    };
    attempt->async_wait(TcpSocket::wait_write, connected);
  }

  // Returns when an attempt ended or the time came.
  Task<void> wait_until(MonotonicTime time) {
    changed_.expires_at(to_steady(time));
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(use_task, error);
    const unsigned before = events_;
    co_await changed_.async_wait(token);
    if (error && events_ == before) {
      abandon();
      end_cancelled_task();
    }
  }

  void abandon() {
    over_ = true;
    for (const auto& attempt : attempts_) {
      boost::system::error_code ignored;
      attempt->close(ignored);
    }
  }

  void interrupt() override { happened(); }
  bool idle() const { return running_ == 0; }
  std::optional<Connected> take_winner() { return std::exchange(winner_, std::nullopt); }
  struct Lost {
    Fault fault;
    tcp::endpoint endpoint;
  };
  const std::optional<Lost>& worst() const { return worst_; }
  bool lacked() const { return lacked_; }

 private:
  void happened() {
    ++events_;
    changed_.cancel();
  }

  void finished(const std::shared_ptr<TcpSocket>& attempt, const tcp::endpoint& endpoint,
                boost::system::error_code error) {
    --running_;
    if (over_) return;
    if (error) {
      boost::system::error_code ignored;
      attempt->close(ignored);  // the next one may need the descriptor
      lost(endpoint, kind_of_network_error(error), error);
    } else if (!winner_) {
      winner_.emplace(Connected{std::move(*attempt), text_of(endpoint), endpoint.address()});
    }
    happened();
  }

  void lost(const tcp::endpoint& endpoint, FaultKind kind, const boost::system::error_code& error) {
    const bool lacks = is_scarcity(error);
    if (lacks || !worst_ || (worst_->fault.kind == FaultKind::local_fault && !lacked_))
      worst_ = Lost{connect_fault(kind, error), endpoint};
    lacked_ = lacked_ || lacks;
  }

  LoopExecutor loop_;
  Timer changed_;
  std::vector<std::shared_ptr<TcpSocket>> attempts_;
  std::optional<Connected> winner_;
  std::optional<Lost> worst_;
  int running_ = 0;
  unsigned events_ = 0;
  bool over_ = false;
  bool lacked_ = false;  // then worst_ says of what
};

Task<Outcome<Connected>> connect_racing(LoopExecutor loop, std::vector<tcp::endpoint> endpoints, Deadline& deadline,
                                        std::string& last_tried) {
  const auto race = std::make_shared<Race>(loop);
  const InterruptScope scope(deadline, *race);
  std::size_t next = 0;
  MonotonicTime next_at = monotonic_now();
  for (;;) {
    if (auto winner = race->take_winner()) {
      race->abandon();
      co_return std::move(*winner);
    }
    if (deadline.passed()) {
      race->abandon();
      if (race->lacked()) co_return tl::unexpected(race->worst()->fault);
      co_return deadline_fault(FaultPhase::connect);
    }
    if (next < endpoints.size() && (race->idle() || monotonic_now() >= next_at)) {
      last_tried = text_of(endpoints[next]);
      race->start(endpoints[next++]);
      next_at = monotonic_now() + eyeballs_stagger;
      continue;
    }
    if (race->idle()) {
      last_tried = text_of(race->worst()->endpoint);
      co_return tl::unexpected(race->worst()->fault);
    }
    co_await race->wait_until(next < endpoints.size() ? next_at : deadline.at() + std::chrono::hours(1));
  }
}

}  // namespace

Addresses in_connect_order(Addresses addresses, IpFamily family) {
  if (addresses.size() == 1 && family == IpFamily::any) return addresses;
  if (family != IpFamily::any) {
    std::erase_if(addresses, [&](const address& a) { return a.is_v6() != (family == IpFamily::ipv6); });
    return addresses;
  }
  const auto first_v4 =
      std::stable_partition(addresses.begin(), addresses.end(), [](const address& a) { return a.is_v6(); });
  const Addresses six(addresses.begin(), first_v4);
  const Addresses four(first_v4, addresses.end());
  Addresses ordered;
  for (std::size_t i = 0; i < std::max(six.size(), four.size()); ++i) {
    if (i < six.size()) ordered.push_back(six[i]);
    if (i < four.size()) ordered.push_back(four[i]);
  }
  return ordered;
}

Task<Outcome<Connected>> connect(const Addresses& addresses, std::uint16_t port, const AddressPolicy& policy,
                                 NamedBy named_by, Deadline& deadline, std::string& last_tried) {
  constexpr std::size_t most_attempts = 8;
  if (deadline.passed()) co_return deadline_fault(FaultPhase::connect);
  const LoopExecutor loop = co_await boost::asio::this_coro::executor;
  if (addresses.size() == 1 && policy.permits(addresses.front(), named_by)) {
    const tcp::endpoint only(addresses.front(), port);
    last_tried = text_of(only);
    co_return co_await connect_one(loop, only, deadline);
  }
  std::vector<tcp::endpoint> allowed;
  for (const address& candidate : addresses) {
    if (policy.permits(candidate, named_by) && allowed.size() < most_attempts) allowed.emplace_back(candidate, port);
  }
  if (allowed.empty()) co_return blocked(addresses.front(), named_by);
  last_tried = text_of(allowed.front());
  co_return co_await connect_racing(loop, std::move(allowed), deadline, last_tried);
}

}  // namespace allclear::net
