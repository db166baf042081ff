// What an incident is called and what its entries say, in the page's language. What the monitor wrote by itself is
// recognised and said again; what people wrote stays as it is. Pure; plain text, not escaped.
#pragma once

#include <string>

#include "adapters/api/words.h"
#include "core/model/incident.h"

namespace allclear::api {

// "Shop is down"; when it is over "Shop was down".
std::string shown_title(const Words& words, const Incident& incident, std::string_view service_name);
// Under the incident's title, so without the service's name: "Down: did not answer in time".
std::string shown_update(const Words& words, const TimelineEntry& entry, std::string_view service_name);
std::string_view state_text(const Words& words, IncidentState state);
std::string_view severity_text(const Words& words, Severity severity);

}  // namespace allclear::api
