#include "adapters/store/codec/state_codec.h"

#include <array>

#include "adapters/store/codec/bytes.h"

namespace allclear::store {
namespace {

constexpr std::uint8_t format = 3;
constexpr std::uint8_t format_without_runs = 2;
constexpr std::uint8_t format_without_flaps = 1;

constexpr std::array<Streak CheckState::*, 5> streaks{&CheckState::at_least_degraded, &CheckState::at_least_down,
                                                      &CheckState::at_most_degraded, &CheckState::at_most_up,
                                                      &CheckState::unknown};

// Words are read through this, so that a broken byte is noticed once at the end.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : reader_(bytes) {}

  WallTime time() { return WallTime(milliseconds(reader_.signed_number())); }
  Verdict verdict() { return static_cast<Verdict>(word(static_cast<unsigned>(Verdict::unknown))); }
  Reason reason() { return static_cast<Reason>(word(reason_count - 1)); }
  Streak streak() {
    const std::uint64_t count = reader_.number();
    fits_ = fits_ && count <= Streak::most;
    const WallTime first_at = time();
    return {first_at, static_cast<int>(count & 0xff), reason()};
  }
  unsigned word(unsigned greatest) {
    const unsigned value = reader_.byte();
    fits_ = fits_ && value <= greatest;
    return fits_ ? value : 0;
  }
  std::int64_t number() { return reader_.signed_number(); }
  std::uint64_t unsigned_number() { return reader_.number(); }
  bool complete() const { return fits_ && reader_.ok() && reader_.at_end(); }

 private:
  ByteReader reader_;
  bool fits_ = true;
};

}  // namespace

std::string pack_state(const CheckState& state) {
  ByteWriter writer;
  writer.byte(format);
  writer.byte(static_cast<std::uint8_t>(state.verdict));
  writer.byte(static_cast<std::uint8_t>(state.reason));
  writer.signed_number(number_of(state.since));
  for (const auto member : streaks) {
    const Streak& streak = state.*member;
    writer.number(streak.count);
    writer.signed_number(number_of(streak.first_at()));
    writer.byte(static_cast<std::uint8_t>(streak.first_reason));
  }
  writer.signed_number(number_of(state.last_at));
  writer.byte(static_cast<std::uint8_t>(state.last_verdict));
  writer.byte(static_cast<std::uint8_t>(state.last_reason));
  writer.signed_number(state.last_latency.count());
  writer.signed_number(state.last_status_code);
  writer.byte(state.certificate_expiry ? 1 : 0);
  if (state.certificate_expiry) writer.signed_number(number_of(*state.certificate_expiry));
  writer.byte(state.flaps.flapping ? 1 : 0);
  writer.number(state.flaps.changes);
  writer.byte(state.started_at ? 1 : 0);
  if (state.started_at) writer.signed_number(number_of(*state.started_at));
  return writer.take();
}

Result<CheckState> unpack_state(std::string_view bytes, std::uint64_t version) {
  StateReader reader(bytes);
  const unsigned written = reader.word(255);
  if (written < format_without_flaps || written > format) return failure("broken state row: unknown format");
  CheckState state;
  state.version = version;
  state.verdict = reader.verdict();
  state.reason = reader.reason();
  state.since = reader.time();
  for (const auto member : streaks) state.*member = reader.streak();
  state.last_at = reader.time();
  state.last_verdict = reader.verdict();
  state.last_reason = reader.reason();
  state.last_latency = brief(microseconds(reader.number()));
  state.last_status_code = static_cast<int>(reader.number());
  if (reader.word(1) == 1) state.certificate_expiry = reader.time();
  if (written >= format_without_runs) {
    state.flaps.flapping = reader.word(1) == 1;
    state.flaps.changes = reader.unsigned_number() & FlapHistory::room;
  }
  if (written == format && reader.word(1) == 1) state.started_at = reader.time();
  if (!reader.complete()) return failure("broken state row: it ends early or has a word out of range");
  return state;
}

void fill_last(CheckState& state, const CheckResult& last) {
  state.last_at = last.at;
  state.last_verdict = last.verdict;
  state.last_reason = last.reason;
  state.last_latency = brief(last.latency);
  state.last_status_code = last.status_code;
  state.certificate_expiry = last.certificate_expiry;
}

}  // namespace allclear::store
