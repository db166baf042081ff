#include "adapters/store/codec/result_codec.h"

#include <array>

namespace allclear::store {
namespace {

// The first byte: verdict in two bits, phase in three, then what follows.
constexpr unsigned has_status = 1U << 5;
constexpr unsigned has_certificate = 1U << 6;
constexpr unsigned has_detail = 1U << 7;

}  // namespace

void write_result(ByteWriter& writer, const CheckResult& result, DetailPolicy policy) {
  const bool with_detail = policy == DetailPolicy::keep && !result.detail.empty();
  unsigned head = static_cast<unsigned>(result.verdict) | static_cast<unsigned>(result.phase) << 2;
  if (result.status_code != 0) head |= has_status;
  if (result.certificate_expiry) head |= has_certificate;
  if (with_detail) head |= has_detail;
  writer.byte(static_cast<std::uint8_t>(head));
  writer.byte(static_cast<std::uint8_t>(result.reason));
  unsigned present = 0;
  for (std::size_t i = 0; i < timings.size(); ++i) present |= (result.timings.*timings[i] ? 1U : 0U) << i;
  writer.byte(static_cast<std::uint8_t>(present));
  writer.signed_number(result.at.time_since_epoch().count());
  writer.signed_number(result.latency.count());
  for (const Timing timing : timings) {
    if (result.timings.*timing) writer.signed_number((result.timings.*timing)->count());
  }
  if (result.status_code != 0) writer.signed_number(result.status_code);
  if (result.certificate_expiry) writer.signed_number(result.certificate_expiry->time_since_epoch().count());
  if (with_detail) writer.text(result.detail);
}

Result<CheckResult> read_result(ByteReader& reader) {
  CheckResult result;
  if (!read_result(reader, result)) return failure("broken result row: it ends early or has a word out of range");
  return result;
}

bool read_result(ByteReader& reader, CheckResult& result) {
  const unsigned head = reader.byte();
  const unsigned reason = reader.byte();
  const unsigned present = reader.byte();
  const unsigned phase = head >> 2 & 7U;
  if (reason >= reason_count || phase > static_cast<unsigned>(Phase::judge) || present >= 1U << timings.size()) {
    return false;
  }
  result.verdict = static_cast<Verdict>(head & 3U);
  result.phase = static_cast<Phase>(phase);
  result.reason = static_cast<Reason>(reason);
  result.at = WallTime(milliseconds(reader.signed_number()));
  result.latency = microseconds(reader.signed_number());
  for (std::size_t i = 0; i < timings.size(); ++i) {
    std::optional<microseconds>& timing = result.timings.*timings[i];
    timing.reset();
    if ((present >> i & 1U) != 0) timing = microseconds(reader.signed_number());
  }
  result.status_code = (head & has_status) != 0 ? static_cast<int>(reader.signed_number()) : 0;
  result.certificate_expiry.reset();
  if ((head & has_certificate) != 0) result.certificate_expiry = WallTime(milliseconds(reader.signed_number()));
  result.detail = (head & has_detail) != 0 ? reader.text() : std::string_view();
  return reader.ok();
}

}  // namespace allclear::store
