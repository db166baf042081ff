// The alerts table and its ledger: claiming, settling, replaying, listing, trimming. Each call on the caller's
// connection and thread.
#pragma once

#include <optional>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/ports/store.h"

namespace allclear::store {

// Within a transaction of the caller's; one that is there already stays as it is.
void insert_alert(Connection& connection, const Alert& alert);
Result<std::vector<Alert>> claim_alerts(Connection& connection, WallTime now, milliseconds lease, std::size_t limit,
                                        const std::vector<ChannelId>& busy);
Result<void> set_alerts_back(Connection& connection, WallTime now, std::optional<milliseconds> by);
Result<void> settle_alert(Connection& connection, const AlertId& id, const Delivery& delivery, WallTime now);
Result<ReplayOutcome> replay_alert(Connection& connection, const AlertId& id, WallTime now);

Result<AlertPage> list_alerts(Connection& connection, const AlertQuery& query);
Result<std::optional<AlertRecord>> find_alert(Connection& connection, const AlertId& id);

// By channel, since `from`.
std::vector<StoredDeliveries> last_deliveries(Connection& connection, WallTime from);

// Deletes some of the settled alerts that were made before, with their tries.
Result<void> expire_alerts(Connection& connection, WallTime made_before);

}  // namespace allclear::store
