// /api/v1/incidents: incidents as operators see them, with who did what and with evidence. Blocking for as long as the
// store is.
#pragma once

#include <optional>
#include <string>

#include "adapters/api/json_writer.h"
#include "adapters/api/problem.h"
#include "base/result.h"
#include "core/ports/store.h"
#include "net/http_message.h"

namespace allclear::api {

struct IncidentQuery {
  std::optional<ServiceId> service;
  std::size_t limit = 100;
  // The last incident of the page before.
  struct Position {
    WallTime opened_at;
    IncidentId id;
  };
  std::optional<Position> after;
};

// Unknown parameters are ignored, a repeated or bad one is named (400).
Result<IncidentQuery, Problem> read_incident_query(const net::HttpRequest& request);
// Newest first, without timelines.
Result<std::string, Problem> answer_incidents(const IncidentQuery& query, Queries& queries);
// With its timeline. Error: 404 or 503.
Result<std::string, Problem> answer_incident(const IncidentId& id, Queries& queries);
std::string render_incident(const Incident& incident);
// As in the list: without its timeline.
void write_listed_incident(JsonWriter& json, const Incident& incident);

}  // namespace allclear::api
