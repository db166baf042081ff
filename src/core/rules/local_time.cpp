#include "core/rules/local_time.h"

#include <algorithm>

namespace allclear {
namespace {

seconds offset_at(const ZoneRules& zone, std::chrono::sys_seconds at) {
  const auto after =
      std::upper_bound(zone.changes.begin(), zone.changes.end(), at,
                       [](std::chrono::sys_seconds time, const auto& change) { return time < change.at; });
  return after == zone.changes.begin() ? zone.first_offset : std::prev(after)->offset;
}

std::chrono::sys_seconds with_offset(LocalTime local, seconds offset) {
  return std::chrono::sys_seconds(local.time_since_epoch() - offset);
}

// The offsets that hold a day before and a day after: no zone changes its clocks by more than a day, or twice in two.
struct Around {
  seconds before, after;
};

Around offsets_around(const ZoneRules& zone, LocalTime local) {
  const std::chrono::sys_seconds as_utc(local.time_since_epoch());
  return {offset_at(zone, as_utc - std::chrono::days(1)), offset_at(zone, as_utc + std::chrono::days(1))};
}

}  // namespace

LocalTime to_local(const ZoneRules& zone, WallTime at) {
  const auto second = std::chrono::floor<seconds>(at);
  return LocalTime(second.time_since_epoch() + offset_at(zone, second));
}

WallTime to_wall(const ZoneRules& zone, LocalTime local) {
  const Around around = offsets_around(zone, local);
  const auto by_after = with_offset(local, around.after);
  const bool skipped_or_before = offset_at(zone, by_after) != around.after;
  const auto by_before = with_offset(local, around.before);
  if (skipped_or_before || offset_at(zone, by_before) == around.before) return by_before;
  return by_after;
}

std::optional<WallTime> to_wall_again(const ZoneRules& zone, LocalTime local) {
  const Around around = offsets_around(zone, local);
  if (around.after >= around.before) return std::nullopt;
  const auto first = with_offset(local, around.before), second = with_offset(local, around.after);
  if (offset_at(zone, first) != around.before || offset_at(zone, second) != around.after) return std::nullopt;
  return second;
}

}  // namespace allclear
