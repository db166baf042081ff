#include "adapters/store/codec/point_chunk.h"

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/result_codec.h"

namespace allclear::store {
namespace {

// A point's first byte: verdict in two bits, then what differs from the point before, then its detail.
constexpr unsigned new_reason = 1U << 2;   // or phase
constexpr unsigned new_timings = 1U << 3;  // which of them are there
constexpr unsigned new_status = 1U << 4;
constexpr unsigned new_certificate = 1U << 5;
constexpr unsigned same_detail = 1U << 6;
constexpr unsigned new_detail = 1U << 7;

constexpr std::size_t most_plain_bytes = 100;  // of a point without its detail: head, words and nine varints

unsigned timings_present(const PhaseTimings& from) {
  unsigned present = 0;
  for (std::size_t i = 0; i < timings.size(); ++i) present |= (from.*timings[i] ? 1U : 0U) << i;
  return present;
}

// Differences wrap around, so that every value survives.
std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::uint64_t bits(WallTime time) { return bits(time.time_since_epoch().count()); }
std::uint64_t bits(microseconds duration) { return bits(duration.count()); }

void write_certificate(ByteWriter& writer, const std::optional<WallTime>& expiry) {
  writer.byte(expiry ? 1 : 0);
  if (expiry) writer.signed_number(expiry->time_since_epoch().count());
}

unsigned differences(const CheckResult& result, const CheckResult& last) {
  unsigned head = static_cast<unsigned>(result.verdict);
  if (result.reason != last.reason || result.phase != last.phase) head |= new_reason;
  if (timings_present(result.timings) != timings_present(last.timings)) head |= new_timings;
  if (result.status_code != last.status_code) head |= new_status;
  if (result.certificate_expiry != last.certificate_expiry) head |= new_certificate;
  return head;
}

class ChunkReader {
 public:
  explicit ChunkReader(std::string_view bytes) : reader_(bytes) {}

  Result<std::vector<CheckResult>> read() {
    std::vector<CheckResult> points;
    while (!reader_.at_end()) {
      if (points.size() == PointChunk::most_points) return failure("broken chunk: too many points");
      if (!read_point()) return failure("broken chunk: a point ends early or has a word out of range");
      points.push_back(point_);
    }
    return points;
  }

 private:
  bool read_point() {
    const unsigned head = reader_.byte();
    point_.verdict = static_cast<Verdict>(head & 3U);
    if ((head & new_reason) != 0 && !read_reason()) return false;
    if ((head & new_timings) != 0) present_ = reader_.byte();
    if (present_ >= 1U << timings.size()) return false;
    step_ += bits(reader_.signed_number());
    point_.at = WallTime(milliseconds(static_cast<std::int64_t>(bits(point_.at) + step_)));
    point_.latency = next(point_.latency);
    for (std::size_t i = 0; i < timings.size(); ++i) {
      std::optional<microseconds>& timing = point_.timings.*timings[i];
      timing = (present_ >> i & 1U) != 0 ? std::optional(next(timing.value_or(microseconds(0)))) : std::nullopt;
    }
    if ((head & new_status) != 0) point_.status_code = static_cast<int>(reader_.signed_number());
    if ((head & new_certificate) != 0) read_certificate();
    return read_detail(head) && reader_.ok();
  }

  bool read_reason() {
    const unsigned reason = reader_.byte();
    const unsigned phase = reader_.byte();
    if (reason >= reason_count || phase > static_cast<unsigned>(Phase::judge)) return false;
    point_.reason = static_cast<Reason>(reason);
    point_.phase = static_cast<Phase>(phase);
    return true;
  }

  microseconds next(microseconds before) {
    return microseconds(static_cast<std::int64_t>(bits(before) + bits(reader_.signed_number())));
  }

  void read_certificate() {
    point_.certificate_expiry.reset();
    if (reader_.byte() != 0) point_.certificate_expiry = WallTime(milliseconds(reader_.signed_number()));
  }

  bool read_detail(unsigned head) {
    if ((head & new_detail) != 0) {
      detail_ = reader_.text();
      detail_bytes_ += detail_.size();
    }
    const bool has_one = (head & (new_detail | same_detail)) != 0;
    point_.detail = has_one ? detail_ : std::string();
    return detail_bytes_ <= PointChunk::most_detail_bytes;
  }

  ByteReader reader_;
  CheckResult point_;
  unsigned present_ = 0;
  std::uint64_t step_ = 0;
  std::string detail_;
  std::size_t detail_bytes_ = 0;
};

}  // namespace

void PointChunk::append(const CheckResult& result) {
  // Thousands of these live at once: grow in small steps rather than by doubling.
  if (bytes_.capacity() - bytes_.size() < most_plain_bytes) bytes_.reserve(bytes_.size() + 512);
  ByteWriter writer(std::move(bytes_));
  unsigned head = differences(result, last_);
  const bool repeats = !result.detail.empty() && result.detail == last_detail_;
  const bool tells = !result.detail.empty() && !repeats && detail_bytes_ + result.detail.size() <= most_detail_bytes;
  if (repeats) head |= same_detail;
  if (tells) head |= new_detail;
  writer.byte(static_cast<std::uint8_t>(head));
  if ((head & new_reason) != 0) {
    writer.byte(static_cast<std::uint8_t>(result.reason));
    writer.byte(static_cast<std::uint8_t>(result.phase));
  }
  if ((head & new_timings) != 0) writer.byte(static_cast<std::uint8_t>(timings_present(result.timings)));
  const std::uint64_t step = bits(result.at) - bits(last_.at);
  writer.signed_number(static_cast<std::int64_t>(step - step_));
  writer.signed_number(static_cast<std::int64_t>(bits(result.latency) - bits(last_.latency)));
  for (const Timing timing : timings) {
    if (!(result.timings.*timing)) continue;
    const microseconds before = (last_.timings.*timing).value_or(microseconds(0));
    writer.signed_number(static_cast<std::int64_t>(bits(*(result.timings.*timing)) - bits(before)));
  }
  if ((head & new_status) != 0) writer.signed_number(result.status_code);
  if ((head & new_certificate) != 0) write_certificate(writer, result.certificate_expiry);
  if (tells) {
    writer.text(result.detail);
    last_detail_ = result.detail;
    detail_bytes_ += result.detail.size();
  }
  step_ = step;
  last_ = result;
  last_.detail.clear();
  ++points_;
  bytes_ = writer.take();
}

Result<std::vector<CheckResult>> read_chunk(std::string_view bytes) { return ChunkReader(bytes).read(); }

}  // namespace allclear::store
