// /api/v1/maintenances: what people plan, beside what the config file names. Pure.
#pragma once

#include <string>

#include "adapters/api/problem.h"
#include "base/json.h"
#include "base/result.h"
#include "core/model/operation.h"
#include "core/model/snapshot.h"
#include "net/http_message.h"

namespace allclear::api {

// {"title", "services", "starts_at" (now, unless said), "ends_at"}. Error: 422 with everything that is wrong.
Result<PlanMaintenance, Problem> read_new_maintenance(const Json& body, WallTime now);

// One page, by time: {"maintenances", "next"}. Parameters: limit, cursor. Error: 400.
Result<std::string, Problem> answer_maintenances(const net::HttpRequest& request, const Snapshot& snapshot,
                                                 WallTime now);
// Error: 404.
Result<std::string, Problem> answer_maintenance(const MaintenanceId& id, const Snapshot& snapshot, WallTime now);
std::string render_maintenance(const Maintenance& maintenance, WallTime now);

}  // namespace allclear::api
