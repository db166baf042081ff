#include "core/rules/uptime.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace allclear {

void add_time(StateTimes& times, ShownState state, milliseconds duration) {
  if (duration <= milliseconds(0)) return;
  switch (state) {
    case ShownState::up: times.up += duration; break;
    case ShownState::degraded: times.degraded += duration; break;
    case ShownState::down:
      times.down += duration;
      times.longest_down = std::max(times.longest_down, duration);
      break;
    case ShownState::maintenance: times.maintenance += duration; break;
    case ShownState::unknown: times.unknown += duration; break;
  }
}

StateTimes times_within(std::span<const StateInterval> intervals, WallTime from, WallTime to, WallTime now) {
  StateTimes times;
  const WallTime end_of_all = std::min(to, now);
  for (std::size_t i = 0; i < intervals.size();) {
    std::size_t next = i + 1;
    while (next < intervals.size() && intervals[next].state == intervals[i].state) ++next;
    const WallTime end = next < intervals.size() ? std::min(intervals[next].from, end_of_all) : end_of_all;
    add_time(times, intervals[i].state, end - std::max(intervals[i].from, from));
    i = next;
  }
  return times;
}

std::optional<double> uptime_ratio(const StateTimes& times) {
  const milliseconds good = times.up + times.degraded;
  const milliseconds known = good + times.down;
  if (known <= milliseconds(0)) return std::nullopt;
  return static_cast<double>(good.count()) / static_cast<double>(known.count());
}

std::string truncate_percent(double ratio) {
  // The small addition undoes binary rounding (0.9993 * 10000 is 9992.999…) and is far below what one digit shows.
  const auto hundredths = static_cast<std::int64_t>(std::floor(std::clamp(ratio, 0.0, 1.0) * 10'000 + 1e-9));
  const std::int64_t shown = ratio < 1.0 ? std::min<std::int64_t>(hundredths, 9'999) : 10'000;
  return fmt::format("{}.{:02}", shown / 100, shown % 100);
}

ShownState day_state(const StateTimes& times, milliseconds elapsed, milliseconds outage) {
  const milliseconds known = times.up + times.degraded + times.down + times.maintenance;
  if (known <= milliseconds(0) || known * 2 < elapsed) return ShownState::unknown;
  if (times.longest_down > milliseconds(0) && times.longest_down >= outage) return ShownState::down;
  if (times.down + times.degraded > milliseconds(0)) return ShownState::degraded;
  return times.up > milliseconds(0) ? ShownState::up : ShownState::maintenance;
}

}  // namespace allclear
