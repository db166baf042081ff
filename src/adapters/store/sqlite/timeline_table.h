// The stored timelines: intervals of confirmed states per service, and the monitor's own absences. Used inside the
// caller's transaction (or read snapshot), on the caller's thread.
#pragma once

#include <optional>
#include <vector>

#include "adapters/store/codec/timeline.h"
#include "adapters/store/sqlite/connection.h"

namespace allclear::store {

// As enter_state() of codec/timeline.h, in the table.
void enter_stored_state(Connection& connection, std::int64_t service, WallTime at, ShownState state);

// The states from `from` on, beginning with the one that was in force then.
Timeline read_timeline(Connection& connection, std::int64_t service, WallTime from);

// Absences that end after `from`.
std::vector<Absence> read_absences(Connection& connection, WallTime from);
void add_absence(Connection& connection, const Absence& absence);
// The clock came back to `at`: no absence lasts beyond it.
void end_absences(Connection& connection, WallTime at);

// When the monitor was last seen running: its newest result or flush.
std::optional<WallTime> last_alive(Connection& connection);

// When the oldest state that is still stored began.
std::optional<WallTime> first_known(Connection& connection);

}  // namespace allclear::store
