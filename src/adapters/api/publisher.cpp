#include "adapters/api/publisher.h"

#include <algorithm>

namespace allclear::api {
namespace {

constexpr milliseconds least_gap{1'000};

}  // namespace

bool Publisher::should_render(MonotonicTime now) const {
  if (!last_) return true;
  const auto gap = now - *last_;
  return gap >= interval_ || (changed_ && gap >= least_gap);
}

MonotonicTime Publisher::next_look(MonotonicTime now) const {
  if (!last_) return now;
  return std::max(now, *last_ + (changed_ ? std::min(least_gap, interval_) : interval_));
}

std::uint64_t Publisher::begin(const Instant& now) {
  const auto unix_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now.wall.time_since_epoch().count()));
  seq_ = std::max(seq_ + 1, unix_ms);
  last_ = now.monotonic;
  changed_ = false;
  return seq_;
}

}  // namespace allclear::api
