// A restored backup whose incidents and alerts are of the past: its history stays, what is open in it is ended.
#pragma once

#include <optional>

#include "adapters/store/sqlite/connection.h"

namespace allclear::store {

// Stores that settle_old_backup() has this to do, and when the last commit was. A transaction of its own.
Result<void> mark_old_backup(Connection& connection, WallTime last_commit);

// What mark_old_backup() ordered, in one transaction; nothing when it ordered nothing. As of the last commit every open
// automatic incident ends without an alert, services become unknown and are archived with their checks, so that the
// catalogue revives them and they are judged afresh; alerts that are not settled are dead. Open manual incidents stay.
// Returns the last commit. An incident that cannot be understood is a fault of the connection: corruption.
Result<std::optional<WallTime>> settle_old_backup(Connection& connection);

}  // namespace allclear::store
