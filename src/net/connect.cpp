#include "net/connect.h"

#include <algorithm>
#include <optional>

#include <boost/asio/ip/udp.hpp>

#include "net/awaiting.h"

namespace allclear::net {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::tcp;

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string ip = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + ip + "]:" + port : ip + ":" + port;
}

tl::unexpected<Fault> blocked(const address& where) {
  return fault(FaultPhase::connect, FaultKind::blocked_address, "connections to " + where.to_string() + " are not allowed");
}

boost::system::error_code open(TcpSocket& socket, const tcp::endpoint& endpoint) {
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  return error;
}

Fault connect_fault(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
  return Fault{FaultPhase::connect, kind_of_socket_error(error), clean_text(text_of(endpoint) + ": " + error.message())};
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
  if (const auto error = open(socket, endpoint)) co_return tl::unexpected(connect_fault(endpoint, error));
  SocketInterrupt interrupt(socket);
  const InterruptScope scope(deadline, interrupt);
  boost::system::error_code error;
  auto token = boost::asio::redirect_error(use_task, error);
  co_await socket.async_connect(endpoint, token);
  if (!error) co_return Connected{std::move(socket), text_of(endpoint)};
  if (deadline.passed()) co_return deadline_fault(FaultPhase::connect);
  if (error == boost::asio::error::operation_aborted) end_cancelled_task();
  co_return tl::unexpected(connect_fault(endpoint, error));
}

// Several connection attempts at once; the handlers share it, so that late ones find nothing to do.
class Race final : public Interruptible, public std::enable_shared_from_this<Race> {
 public:
  explicit Race(const LoopExecutor& loop) : loop_(loop), changed_(loop) {}

  void start(const tcp::endpoint& endpoint) {
    auto attempt = std::make_shared<TcpSocket>(loop_);
    if (const auto error = open(*attempt, endpoint)) {
      lost(endpoint, error);
      return;
    }
    attempts_.push_back(attempt);
    ++running_;
    attempt->async_connect(endpoint, [self = shared_from_this(), attempt, endpoint](boost::system::error_code error) {
      self->finished(attempt, endpoint, error);
    });
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
  const std::optional<Fault>& worst() const { return worst_; }

 private:
  void happened() {
    ++events_;
    changed_.cancel();
  }

  void finished(const std::shared_ptr<TcpSocket>& attempt, const tcp::endpoint& endpoint, boost::system::error_code error) {
    --running_;
    if (over_) return;
    if (error) {
      lost(endpoint, error);
    } else if (!winner_) {
      winner_.emplace(Connected{std::move(*attempt), text_of(endpoint)});
    }
    happened();
  }

  void lost(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
    Fault fault = connect_fault(endpoint, error);
    if (!worst_ || worst_->kind == FaultKind::local_fault) worst_ = std::move(fault);
  }

  LoopExecutor loop_;
  Timer changed_;
  std::vector<std::shared_ptr<TcpSocket>> attempts_;
  std::optional<Connected> winner_;
  std::optional<Fault> worst_;
  int running_ = 0;
  unsigned events_ = 0;
  bool over_ = false;
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
      co_return deadline_fault(FaultPhase::connect);
    }
    if (next < endpoints.size() && (race->idle() || monotonic_now() >= next_at)) {
      last_tried = text_of(endpoints[next]);
      race->start(endpoints[next++]);
      next_at = monotonic_now() + eyeballs_stagger;
      continue;
    }
    if (race->idle()) co_return tl::unexpected(*race->worst());
    co_await race->wait_until(next < endpoints.size() ? next_at : deadline.at() + std::chrono::hours(1));
  }
}

}  // namespace

Addresses in_connect_order(Addresses addresses, IpFamily family) {
  if (family != IpFamily::any) {
    std::erase_if(addresses, [&](const address& a) { return a.is_v6() != (family == IpFamily::ipv6); });
    return addresses;
  }
  const auto first_v4 = std::stable_partition(addresses.begin(), addresses.end(), [](const address& a) { return a.is_v6(); });
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
                                 Deadline& deadline, std::string& last_tried) {
  constexpr std::size_t most_attempts = 8;
  if (deadline.passed()) co_return deadline_fault(FaultPhase::connect);
  std::vector<tcp::endpoint> allowed;
  for (const address& candidate : addresses) {
    if (policy.permits(candidate) && allowed.size() < most_attempts) allowed.emplace_back(candidate, port);
  }
  if (allowed.empty()) co_return blocked(addresses.front());
  last_tried = text_of(allowed.front());
  const LoopExecutor loop = co_await boost::asio::this_coro::executor;
  if (allowed.size() == 1) co_return co_await connect_one(loop, allowed.front(), deadline);
  co_return co_await connect_racing(loop, std::move(allowed), deadline, last_tried);
}

}  // namespace allclear::net
