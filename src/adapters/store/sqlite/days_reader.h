// read_days: every service's days and uptime windows. Closed days come from the daily rollups, today and the short
// windows from the timelines, so that they are right to the millisecond. On the caller's connection and thread.
#pragma once

#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/uptime.h"
#include "core/ports/store.h"

namespace allclear::store {

Result<std::vector<ServiceDays>> read_days(Connection& connection, std::chrono::sys_days first, WallTime now,
                                           const ServiceFilter& wanted);

}  // namespace allclear::store
