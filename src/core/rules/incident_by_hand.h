// What people do with incidents: open, tell, resolve, reopen. Pure; the channels that are told of each step are the caller's.
#pragma once

#include "core/model/operation.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {

// Opened by a person, and not about a group or a channel.
bool is_incident_by_hand(const Incident& incident);

// `key`: of the request, so that the incident can be found by it (is_of_request); may be empty.
IncidentUpdate open_by_hand(const OpenIncident& wanted, WallTime now, const std::string& who,
                            const std::string& key = {});
bool is_of_request(const Incident& incident, const std::string& who, const std::string& key);
// Public words are a step that whoever heard of the incident hears; internal ones nobody is told.
IncidentUpdate update_by_hand(Incident incident, const UpdateIncident& update, WallTime now, const std::string& who);
IncidentUpdate resolve_by_hand(Incident incident, const std::string& body, WallTime now, const std::string& who);
IncidentUpdate reopen_by_hand(Incident incident, const std::string& body, WallTime now, const std::string& who);

}  // namespace allclear
