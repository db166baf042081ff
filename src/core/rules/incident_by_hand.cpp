#include "core/rules/incident_by_hand.h"

#include <algorithm>

namespace allclear {
namespace {

// How the page colours it.
Verdict verdict_of(Severity severity) { return severity == Severity::minor ? Verdict::degraded : Verdict::down; }

}  // namespace

bool is_incident_by_hand(const Incident& incident) {
  return incident.group.empty() && incident.refusing.empty() && !is_automatic_incident(incident);
}

bool is_of_request(const Incident& incident, const std::string& who, const std::string& key) {
  return incident.id == make_requested_incident_id(incident.service, incident.opened_at, who, key);
}

IncidentUpdate open_by_hand(const OpenIncident& wanted, WallTime now, const std::string& who, const std::string& key) {
  Incident incident;
  incident.service = wanted.services.front();
  incident.affects.assign(wanted.services.begin() + 1, wanted.services.end());
  incident.opened_at = now;
  incident.id = key.empty() ? make_incident_id(incident.service, now, who + "\n" + wanted.title)
                            : make_requested_incident_id(incident.service, now, who, key);
  incident.title = wanted.title;
  incident.severity = wanted.severity;
  incident.worst = verdict_of(wanted.severity);
  incident.state = wanted.state;
  append_entry(incident, now, IncidentStep::opened, wanted.body, "", who);
  return {std::move(incident), {IncidentStep::opened}};
}

IncidentUpdate update_by_hand(Incident incident, const UpdateIncident& update, WallTime now, const std::string& who) {
  const bool open = update.audience == UpdateAudience::open;
  const bool by_hand = is_incident_by_hand(incident);
  incident.state = update.state.value_or(incident.state);
  incident.title = update.title.value_or(incident.title);
  incident.severity = update.severity.value_or(incident.severity);
  if (by_hand) incident.worst = verdict_of(incident.severity);
  append_entry(incident, now, IncidentStep::updated, open ? update.body : "", open ? "" : update.body, who);
  if (!open) return {std::move(incident), {}};
  return {std::move(incident), {IncidentStep::updated}};
}

IncidentUpdate resolve_by_hand(Incident incident, const std::string& body, WallTime now, const std::string& who) {
  incident.state = IncidentState::resolved;
  incident.resolved_at = std::max(now, incident.opened_at);
  append_entry(incident, now, IncidentStep::resolved, body, "", who);
  return {std::move(incident), {IncidentStep::resolved}};
}

IncidentUpdate reopen_by_hand(Incident incident, const std::string& body, WallTime now, const std::string& who) {
  incident.state = IncidentState::investigating;
  if (incident.resolved_at) incident.calm += std::max(now - *incident.resolved_at, milliseconds(0));
  incident.resolved_at.reset();
  incident.acknowledged_at.reset();
  incident.acknowledged_by.clear();
  incident.told.clear();
  ++incident.reopened;
  append_entry(incident, now, IncidentStep::reopened, body, "", who);
  return {std::move(incident), {IncidentStep::reopened}};
}

}  // namespace allclear
