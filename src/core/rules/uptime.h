// The reckoning of uptime: time-weighted over confirmed, back-dated intervals; day states for the bars. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/model/uptime.h"
#include "core/model/verdict.h"

namespace allclear {

// One stretch in one state; the last of a list is open-ended and is cut at `now`.
struct StateInterval {
  WallTime from;
  ShownState state = ShownState::unknown;
};

// Adds one stretch in `state`; longest_down is the longest single stretch added.
void add_time(StateTimes& times, ShownState state, milliseconds duration);

// Clips intervals (ascending; each ends where the next begins, the last at `now`) to [from, to). Neighbours
// that are both down make one outage.
StateTimes times_within(std::span<const StateInterval> intervals, WallTime from, WallTime to, WallTime now);

// (up + degraded) / (up + degraded + down); absent when nothing known was counted.
std::optional<double> uptime_ratio(const StateTimes& times);

// "99.93": percent truncated to two digits, never rounded up to 100.
std::string truncate_percent(double ratio);

// Down only for an outage of at least `outage` in one piece, degraded for shorter or degraded time; unknown (no data)
// under half of the day's elapsed time known; maintenance when that is all there was.
ShownState day_state(const StateTimes& times, milliseconds elapsed, milliseconds outage);

}  // namespace allclear
