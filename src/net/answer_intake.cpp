#include "net/answer_intake.h"

#include <cstring>

namespace allclear::net {
namespace {

// A header of the allowed size and the body's first bytes; nothing needs more at once.
constexpr std::size_t largest_buffer = 2 * answer_header_limit;
// Of an answer with all that is around its body: interim answers, chunk sizes and their extensions.
constexpr std::size_t most_around_body = 16 * 1024 * 1024;

}  // namespace

Outcome<void> AnswerIntake::parse() {
  std::vector<char>& bytes = buffer_.bytes();
  const auto used = reader_.put({bytes.data(), held_});
  if (!used) return tl::unexpected(used.error());
  held_ -= *used;
  if (held_ > 0 && *used > 0) std::memmove(bytes.data(), bytes.data() + *used, held_);
  if (held_ < bytes.size()) return {};
  if (bytes.size() >= largest_buffer) {
    return fault(reader_.has_header() ? FaultPhase::transfer : FaultPhase::first_byte, FaultKind::too_large,
                 "a header or chunk line of the answer is too large");
  }
  bytes.resize(bytes.size() * 2);
  return {};
}

Task<Outcome<void>> AnswerIntake::read(Stream& stream, Deadline& deadline, MonotonicTime asked_at, PhaseTimes& times) {
  MonotonicTime first_at = asked_at;
  Outcome<void> result;
  while (result && !reader_.done()) {
    const auto phase = reader_.has_header() ? FaultPhase::transfer : FaultPhase::first_byte;
    std::vector<char>& bytes = buffer_.bytes();
    const auto count = co_await stream.read_some({bytes.data() + held_, bytes.size() - held_}, phase, deadline);
    if (!count) {
      result = tl::unexpected(count.error());
    } else if (*count == 0) {
      result = times.first_byte
                   ? reader_.put_end()
                   : fault(FaultPhase::first_byte, FaultKind::reset, "the connection was closed without an answer");
      break;
    } else {
      if (!times.first_byte) {
        first_at = monotonic_now();
        times.first_byte = std::chrono::duration_cast<microseconds>(first_at - asked_at);
      }
      held_ += *count;
      read_ += *count;
      result = read_ > body_limit_ + most_around_body
                   ? fault(phase, FaultKind::too_large, "more than 16 MiB of framing around the answer's body")
                   : parse();
    }
  }
  if (times.first_byte)
    times.transfer = since(first_at);
  else if (!result && result.error().kind == FaultKind::timeout)
    times.first_byte = since(asked_at);
  co_return result;
}

}  // namespace allclear::net
