#include "adapters/store/codec/timeline.h"

#include <algorithm>

namespace allclear::store {

bool is_believed(WallTime now, std::optional<WallTime> alive, std::optional<WallTime> first_known,
                 std::span<const Absence> absences) {
  if (!alive || *alive - now <= leap) return true;
  if (!first_known || *alive - *first_known <= leap) return true;
  return std::any_of(absences.begin(), absences.end(), [&](const Absence& absence) {
    return absence.to - absence.from > leap && absence.from - leap <= now && now < absence.to;
  });
}

WallTime entry_time(WallTime at, std::optional<WallTime> alive, milliseconds patience) {
  return alive && at < *alive - leap - patience ? *alive : at;
}

void enter_state(Timeline& timeline, WallTime at, ShownState state) {
  while (!timeline.empty() && timeline.back().from >= at) timeline.pop_back();
  const ShownState before = timeline.empty() ? ShownState::unknown : timeline.back().state;
  if (before != state) timeline.push_back({at, state});
}

milliseconds patience_of(const Service& service) {
  milliseconds longest{0};
  for (const auto& check : service.checks) longest = std::max(longest, check->interval);
  return std::max(least_absence, 2 * longest);
}

namespace {

void cut_out(Timeline& timeline, const Absence& absence) {
  ShownState after = ShownState::unknown;
  Timeline result;
  for (const StateInterval& interval : timeline) {
    if (interval.from <= absence.to) after = interval.state;
    if (interval.from < absence.from) result.push_back(interval);
  }
  result.push_back({absence.from, ShownState::unknown});
  result.push_back({absence.to, after});
  for (const StateInterval& interval : timeline) {
    if (interval.from > absence.to) result.push_back(interval);
  }
  timeline = std::move(result);
}

}  // namespace

Timeline with_absences(const Timeline& timeline, std::span<const Absence> absences, milliseconds patience) {
  Timeline result = timeline;
  for (const Absence& absence : absences) {
    const bool touches = !result.empty() && absence.to > result.front().from;
    if (touches && absence.to - absence.from > patience) cut_out(result, absence);
  }
  return result;
}

bool has_data(const StateTimes& times, std::uint64_t results) {
  return times.up + times.degraded + times.down + times.maintenance > milliseconds(0) || results > 0;
}

WindowStarts::WindowStarts(WallTime now)
    : day(now - std::chrono::days(1)),
      week(now - std::chrono::days(7)),
      month(day_of(now) - std::chrono::days(29)),
      quarter(day_of(now) - std::chrono::days(89)) {}

}  // namespace allclear::store
