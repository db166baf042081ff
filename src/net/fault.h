// Fault: what stopped an exchange with a target, and in which phase. Values; any thread. Knows no domain words:
// the probe adapter translates them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "base/result.h"
#include "base/time.h"

namespace allclear::net {

enum class FaultPhase : std::uint8_t { local, dns, connect, tls, first_byte, transfer };

// local_fault: ours, not the target's (no descriptors, no memory, no route, no resolver, no permission).
enum class FaultKind : std::uint8_t {
  timeout,
  refused,
  reset,
  truncated,
  protocol_error,
  too_large,
  redirect_limit,
  blocked_address,
  dns_failure,
  nxdomain,
  servfail,
  tls_expired,
  tls_self_signed,
  tls_untrusted,
  tls_wrong_host,
  tls_failure,
  local_fault,
};

struct Fault {
  FaultPhase phase = FaultPhase::local;
  FaultKind kind = FaultKind::protocol_error;
  std::string detail;  // clean_text() was applied
};

template <class T>
using Outcome = Result<T, Fault>;

tl::unexpected<Fault> fault(FaultPhase phase, FaultKind kind, std::string_view detail);

// What an error of a socket call means. A host that nobody can reach (EHOSTUNREACH, ETIMEDOUT) counts as timeout:
// nobody answered. ENETUNREACH is local: connect() says it when this machine has no route.
FaultKind kind_of_socket_error(const boost::system::error_code& error);
// Of a socket that was on its way (SO_ERROR): a router may have said that there is no route from there on, or that it
// lets nobody through; that is not ours.
FaultKind kind_of_network_error(const boost::system::error_code& error);
tl::unexpected<Fault> socket_fault(FaultPhase phase, const boost::system::error_code& error);
tl::unexpected<Fault> deadline_fault(FaultPhase phase);

inline constexpr std::size_t detail_limit = 512;
// Valid UTF-8 without control characters, at most `limit` bytes: broken bytes become U+FFFD, controls spaces.
std::string clean_text(std::string_view text, std::size_t limit = detail_limit);

struct PhaseTimes {
  std::optional<microseconds> dns;
  std::optional<microseconds> connect;
  std::optional<microseconds> tls;
  std::optional<microseconds> first_byte;
  std::optional<microseconds> transfer;
};

// Monotonic now, for phases and deadlines of real sockets.
MonotonicTime monotonic_now();
inline microseconds since(MonotonicTime start) {
  return std::chrono::duration_cast<microseconds>(monotonic_now() - start);
}

}  // namespace allclear::net
