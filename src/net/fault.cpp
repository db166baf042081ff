#include "net/fault.h"

#include <cerrno>

namespace allclear::net {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Length of the well-formed UTF-8 sequence at the start (RFC 3629), 0 when broken.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;  // C1 controls
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t limit) {
  std::string clean;
  clean.reserve(std::min(text.size(), limit));
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    const std::string_view kept = length == 0 ? replacement : is_control(sequence) ? " " : sequence;
    if (clean.size() + kept.size() > limit) break;
    clean += kept;
    text.remove_prefix(sequence.size());
  }
  return clean;
}

tl::unexpected<Fault> fault(FaultPhase phase, FaultKind kind, std::string_view detail) {
  return tl::unexpected<Fault>(Fault{phase, kind, clean_text(detail)});
}

FaultKind kind_of_socket_error(const boost::system::error_code& error) {
  switch (error.value()) {
    case ECONNREFUSED: return FaultKind::refused;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN: return FaultKind::reset;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case EHOSTDOWN: return FaultKind::timeout;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:
    case EAGAIN:  // no free port
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EACCES:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH: return FaultKind::local_fault;
    default: return FaultKind::protocol_error;
  }
}

FaultKind kind_of_network_error(const boost::system::error_code& error) {
  switch (error.value()) {
    case ENETUNREACH:
    case EACCES:
    case EPERM: return FaultKind::timeout;
    default: return kind_of_socket_error(error);
  }
}

tl::unexpected<Fault> socket_fault(FaultPhase phase, const boost::system::error_code& error) {
  return fault(phase, kind_of_socket_error(error), error.message());
}

tl::unexpected<Fault> deadline_fault(FaultPhase phase) {
  return fault(phase, FaultKind::timeout, "no answer within the check's timeout");
}

MonotonicTime monotonic_now() {
  return MonotonicTime(std::chrono::duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace allclear::net
