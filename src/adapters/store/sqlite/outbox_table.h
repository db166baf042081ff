// The alerts table: claiming, settling and listing. Each call on the caller's connection and thread.
#pragma once

#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/alert.h"

namespace allclear::store {

Result<std::vector<Alert>> claim_alerts(Connection& connection, WallTime now, milliseconds lease, std::size_t limit,
                                        const std::vector<ChannelId>& busy);
Result<void> settle_alert(Connection& connection, const AlertId& id, const Delivery& delivery, WallTime now);
// Newest first.
Result<std::vector<Alert>> list_alerts(Connection& connection, std::size_t limit);

}  // namespace allclear::store
