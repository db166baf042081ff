// /status as the contract spells it. Pure.
#pragma once

#include <string>

#include "adapters/api/json_writer.h"
#include "adapters/api/public_view.h"

namespace allclear::api {

// `days` of each service's bars, 0 to shown_days; 0 leaves the key out.
std::string render_status(const PublicView& view, int days);

void write_incident(JsonWriter& json, const Incident& incident);
// The same without the braces, so that more can follow.
void write_incident_members(JsonWriter& json, const Incident& incident);
// Entries with public words, oldest first.
std::vector<const TimelineEntry*> public_updates(const Incident& incident);
std::optional<seconds> duration_of(const Incident& incident);

}  // namespace allclear::api
