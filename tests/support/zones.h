// Zones as the IANA database has them, for the years that the tests speak of. Most change their
// clocks at 02:00 or 03:00; Lord Howe by half an hour only, Santiago at midnight.
#pragma once

#include "base/time.h"
#include "core/model/calendar.h"

namespace allclear::test {

inline WallTime wall_at(std::string_view rfc3339) { return parse_rfc3339(rfc3339).value(); }

inline ZoneRules zone_2026(std::string name, seconds winter_or_first, std::vector<std::pair<std::string_view, seconds>> changes) {
  ZoneRules zone{std::move(name), winter_or_first, {}};
  for (const auto& [at, offset] : changes) {
    zone.changes.push_back({std::chrono::floor<seconds>(wall_at(at)), offset});
  }
  return zone;
}

inline ZoneRules berlin() {
  using std::chrono::hours;
  return zone_2026("Europe/Berlin", hours(1), {{"2026-03-29T01:00:00Z", hours(2)}, {"2026-10-25T01:00:00Z", hours(1)}});
}
inline ZoneRules new_york() {
  using std::chrono::hours;
  return zone_2026("America/New_York", hours(-5),
                   {{"2026-03-08T07:00:00Z", hours(-4)}, {"2026-11-01T06:00:00Z", hours(-5)}});
}
inline ZoneRules lord_howe() {
  using std::chrono::minutes;
  return zone_2026("Australia/Lord_Howe", minutes(660),
                   {{"2026-04-04T15:00:00Z", minutes(630)}, {"2026-10-03T15:30:00Z", minutes(660)}});
}
inline ZoneRules santiago() {
  using std::chrono::hours;
  return zone_2026("America/Santiago", hours(-3),
                   {{"2026-04-05T03:00:00Z", hours(-4)}, {"2026-09-06T04:00:00Z", hours(-3)}});
}
inline ZoneRules sydney() {
  using std::chrono::hours;
  return zone_2026("Australia/Sydney", hours(11),
                   {{"2026-04-04T16:00:00Z", hours(10)}, {"2026-10-03T16:00:00Z", hours(11)}});
}

}  // namespace allclear::test
