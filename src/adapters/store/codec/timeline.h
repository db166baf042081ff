// The reckoning that every store shares: a service's states one after the other, the times at which no monitor
// was running, and what follows for days and windows. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "core/model/check_state.h"
#include "core/model/service.h"
#include "core/model/uptime.h"
#include "core/rules/uptime.h"

namespace allclear::store {

// Ascending; each state lasts until the next begins.
using Timeline = std::vector<StateInterval>;

// The monitor was not running: what happened then is unknown.
struct Absence {
  WallTime from;
  WallTime to;

  friend bool operator==(const Absence&, const Absence&) = default;
};

// A shorter pause of the monitor (a restart, an upgrade) is no absence: states hold through it.
inline constexpr milliseconds least_absence = std::chrono::minutes(5);

// A wall clock that moved further than this has leapt: it may be wrong, and may leap back.
inline constexpr std::chrono::hours leap{24};

// May a result of that time be the first to tell that the clock was set, or that the machine slept? Upkeep comes later.
inline bool tells_of_set_clock(WallTime at, WallTime alive) { return at - alive > least_absence || alive - at > leap; }

// May `now` become the time at which the monitor was last alive? A clock that leapt back (a boot without a battery)
// into time that was lived is not believed: the history would be taken back. It is when it goes back into an absence
// (it had leapt ahead before), or when `first_known` says that there is hardly any history.
bool is_believed(WallTime now, std::optional<WallTime> alive, std::optional<WallTime> first_known,
                 std::span<const Absence> absences);

// Where a state that began at `at` is entered: a wrong clock does not take back what was long known.
WallTime entry_time(WallTime at, std::optional<WallTime> alive, milliseconds patience);

// From `at` on the service is in `state`: what the timeline said of that time before is taken back (back-dating).
void enter_state(Timeline& timeline, WallTime at, ShownState state);

// How long a pause may be until the service's state is unknown: twice its longest interval, at least least_absence.
milliseconds patience_of(const Service& service);

// The timeline with every absence longer than `patience` cut out as unknown.
Timeline with_absences(const Timeline& timeline, std::span<const Absence> absences, milliseconds patience);

// A day is shown when something was known in it or results came, be they all unknown.
bool has_data(const StateTimes& times, std::uint64_t results);

// 24 h and 7 d to the millisecond; 30 d and 90 d are the last 30 and 90 UTC days, today's part included.
struct WindowStarts {
  explicit WindowStarts(WallTime now);
  WallTime day;
  WallTime week;
  WallTime month;
  WallTime quarter;
};

}  // namespace allclear::store
