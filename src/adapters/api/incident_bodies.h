// What the bodies of writes below /api/v1/incidents say, and everything that is wrong with them (422). Pure.
#pragma once

#include "adapters/api/problem.h"
#include "base/json.h"
#include "base/result.h"
#include "core/model/operation.h"

namespace allclear::api {

Result<OpenIncident, Problem> read_new_incident(const Json& body);
Result<UpdateIncident, Problem> read_incident_update(const Json& body, IncidentId incident);
// Of resolve and reopen: {"body": "…"}, or nothing.
Result<std::string, Problem> read_last_word(const Json& body);

}  // namespace allclear::api
