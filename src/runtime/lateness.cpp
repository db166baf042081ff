#include "runtime/lateness.h"

#include <algorithm>
#include <bit>

namespace allclear::runtime {
namespace {

constexpr std::chrono::minutes window_length{1};

}  // namespace

std::size_t LatenessMeter::bucket_of(microseconds value) {
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.count()));
  if (count < steps_per_octave) return count;
  const auto octave = static_cast<std::size_t>(std::bit_width(count)) - 4;  // 8..15 is the first octave
  return std::min((octave + 1) * steps_per_octave + ((count >> octave) - steps_per_octave), bucket_count - 1);
}

microseconds LatenessMeter::upper_bound(std::size_t bucket) {
  if (bucket < steps_per_octave) return microseconds(bucket);
  const std::size_t octave = bucket / steps_per_octave - 1;
  return microseconds(((bucket % steps_per_octave + steps_per_octave + 1) << octave) - 1);
}

void LatenessMeter::add(nanoseconds lateness, MonotonicTime now) {
  if (now - window_start_ >= window_length) {
    windows_[1] = now - window_start_ >= 2 * window_length ? Window{} : windows_[0];
    windows_[0] = {};
    window_start_ = now;
  }
  const auto value = std::chrono::duration_cast<microseconds>(lateness);
  Window& window = windows_[0];
  ++window.buckets[bucket_of(value)];
  ++window.count;
  window.maximum = std::max(window.maximum, value);
}

microseconds LatenessMeter::quantile(double share) const {
  const std::uint64_t total = windows_[0].count + windows_[1].count;
  if (total == 0) return microseconds(0);
  const double wanted = share * static_cast<double>(total);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    seen += windows_[0].buckets[bucket] + windows_[1].buckets[bucket];
    if (seen > 0 && static_cast<double>(seen) >= wanted) return std::min(upper_bound(bucket), maximum());
  }
  return maximum();
}

microseconds LatenessMeter::maximum() const { return std::max(windows_[0].maximum, windows_[1].maximum); }

}  // namespace allclear::runtime
