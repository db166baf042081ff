#include "net/icmp.h"

#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "net/awaiting.h"
#include "net/icmp_message.h"

namespace allclear::net {
namespace {

using Descriptor = boost::asio::posix::basic_stream_descriptor<LoopExecutor>;
using Endpoint = boost::asio::ip::icmp::endpoint;

struct EchoSocket {
  int handle = -1;
  EchoFraming framing = EchoFraming::message;
};

Outcome<EchoSocket> open_echo_socket(IcmpVersion version) {
  const int family = version == IcmpVersion::v4 ? AF_INET : AF_INET6;
  const int protocol = version == IcmpVersion::v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  constexpr int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  int handle = ::socket(family, SOCK_DGRAM | flags, protocol);
  if (handle >= 0) return EchoSocket{handle, EchoFraming::message};
  handle = ::socket(family, SOCK_RAW | flags, protocol);
  if (handle >= 0) {
    return EchoSocket{handle, version == IcmpVersion::v4 ? EchoFraming::with_ip_header : EchoFraming::message};
  }
  if (errno == EACCES || errno == EPERM) {
    return fault(FaultPhase::local, FaultKind::local_fault, "needs CAP_NET_RAW (or net.ipv4.ping_group_range)");
  }
  const boost::system::error_code error(errno, boost::system::system_category());
  return fault(FaultPhase::local, FaultKind::local_fault, "ICMP socket: " + error.message());
}

// Waits for one descriptor until a time; the check's deadline or its cancellation end it sooner.
class Waiter final : public Interruptible {
 public:
  Waiter(const LoopExecutor& loop, int handle) : descriptor_(loop, handle), timer_(loop) {}

  void interrupt() override { stop(); }

  Task<void> readable_until(MonotonicTime time, Deadline& deadline) {
    const InterruptScope scope(deadline, *this);
    expired_ = false;
    timer_.expires_at(to_steady(time));
    timer_.async_wait([this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code error) {
      if (error || alive.expired()) return;
      expired_ = true;
      stop();
    });
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(use_task, error);
    co_await descriptor_.async_wait(Descriptor::wait_read, token);
    timer_.cancel();
    if (error == boost::asio::error::operation_aborted && !expired_ && !deadline.passed()) end_cancelled_task();
  }

 private:
  void stop() {
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }

  Descriptor descriptor_;
  Timer timer_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  bool expired_ = false;
};

Outcome<void> send_echo(int handle, const Endpoint& to, const EchoBytes& bytes) {
  if (::sendto(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL, to.data(), static_cast<socklen_t>(to.size())) >= 0)
    return {};
  return socket_fault(FaultPhase::connect, {errno, boost::system::system_category()});
}

// Takes what has arrived; true once the reply is among it.
bool reply_arrived(const EchoSocket& socket, IcmpVersion version, const Echo& echo) {
  std::array<unsigned char, 1500> packet{};
  constexpr int most_packets = 64;  // a flood of others' packets must not hold the loop
  for (int i = 0; i < most_packets; ++i) {
    const ssize_t count = ::recv(socket.handle, packet.data(), packet.size(), MSG_DONTWAIT);
    if (count < 0) return false;
    if (is_reply_to({packet.data(), static_cast<std::size_t>(count)}, version, socket.framing, echo)) return true;
  }
  return false;
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) number = static_cast<std::uint64_t>(::getpid());
  return number;
}

}  // namespace

Task<Outcome<void>> ping(boost::asio::ip::address to, int count, Deadline& deadline, PingReport& report) {
  const IcmpVersion version = to.is_v4() ? IcmpVersion::v4 : IcmpVersion::v6;
  const auto socket = open_echo_socket(version);
  if (!socket) co_return tl::unexpected(socket.error());
  const LoopExecutor loop = co_await boost::asio::this_coro::executor;
  Waiter waiter(loop, socket->handle);
  const Endpoint endpoint(to, 0);
  Echo echo{static_cast<std::uint16_t>(random_number()), 0, random_number()};
  microseconds sum{0};
  for (int i = 0; i < count && !deadline.passed(); ++i) {
    ++echo.sequence;
    const MonotonicTime sent_at = monotonic_now();
    const MonotonicTime give_up_at = sent_at + (deadline.at() - sent_at) / (count - i);
    auto sent = send_echo(socket->handle, endpoint, echo_request(version, echo));
    if (!sent) co_return sent;
    ++report.sent;
    bool answered = false;
    while (!answered && !deadline.passed() && monotonic_now() < give_up_at) {
      co_await waiter.readable_until(give_up_at, deadline);
      answered = reply_arrived(*socket, version, echo);
    }
    if (!answered) continue;
    ++report.received;
    sum += since(sent_at);
    report.round_trip = sum / report.received;
  }
  if (report.received == 0) co_return deadline_fault(FaultPhase::first_byte);
  co_return Outcome<void>{};
}

}  // namespace allclear::net
