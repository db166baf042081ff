// Incidents as cards of the index and as lines of the history. Pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/api/page_parts.h"

namespace allclear::api {

// Title, how far it is, whom it affects, the newest update; earlier ones fold away.
std::string incident_card(const Sheet& sheet, const Incident& incident);
// Title, length, whom it affected.
std::string incident_line(const Sheet& sheet, const Incident& incident);
// Of its timeline, newest first: entries that have public text.
std::string update_list(const Sheet& sheet, const Incident& incident);

std::string service_name(const PublicView& view, const ServiceId& id);
// Escaped: "Shop, Search and 3 more".
std::string list_names(const Sheet& sheet, const std::vector<ServiceId>& services);
// How the incident is coloured: by its worst while it is open.
ShownState incident_colour(const Incident& incident);

}  // namespace allclear::api
