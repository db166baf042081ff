// The life of an incident: opened, escalated, resolved, reopened. Pure; ids are derived, never drawn.
#pragma once

#include <optional>
#include <vector>

#include "core/model/check_state.h"
#include "core/model/incident.h"
#include "core/model/service.h"

namespace allclear {

// 26 characters of Crockford base 32: 48 bits of opening time in ms, 80 bits of hash(service, time, what was before).
IncidentId incident_id(const ServiceId& service, WallTime opened_at);

// degraded: minor; down: major; the service's own `severity` where it says one.
Severity severity_of(const Service& service, Verdict verdict);

struct IncidentUpdate {
  Incident incident;                // the whole, with the new entries at the end of its timeline
  std::vector<IncidentStep> steps;  // that channels are told, in order
};

// What tells two openings at the same time of a clock that was set back: since when the service was what it ends to be (or
// another time of before it), and how often the rows of its checks were written, which no clock and no restart changes.
struct Before {
  WallTime left_since{};
  std::uint64_t rows_written = 0;
};

// What a confirmed transition of a service does to its open incident (or to the last resolved one, when the new
// failure falls in the service's reopen window). Nothing for unknown: an open incident stays open.
// down -> degraded keeps the incident and adds an entry (updated); degraded -> down escalates.
std::optional<IncidentUpdate> advance_incident(const Service& service, const std::optional<Incident>& open,
                                               const std::optional<Incident>& last_resolved,
                                               const Transition& transition, const std::string& evidence,
                                               const Before& before = {});

// A word at the end of the timeline, in the incident's present state.
void append_entry(Incident& incident, WallTime at, IncidentStep step, std::string body, const std::string& evidence,
                  const std::string& author = {});
// Whether another public word of a person can be kept for good.
bool has_room_for_words(const Incident& incident);
// 26 characters, from the time and all that tells the incident from another of it.
IncidentId make_incident_id(const ServiceId& service, WallTime opened_at, std::string_view before);
// Of a person's request under a key: whoever knows the time and the request finds the same id.
IncidentId make_requested_incident_id(const ServiceId& service, WallTime opened_at, std::string_view who,
                                      std::string_view key);

// Opened by results of its service, not by a person: one at a time per service. Manual ones stand beside it, and those
// about the channels.
bool is_automatic_incident(const Incident& incident);

// One word instead of many (R18). Starting goes into the open incident or opens one; stopping ends it when the service
// is up by then, and leaves it open with what it is otherwise. `standing`: where the service stands.
IncidentUpdate start_flapping(const Service& service, const std::optional<Incident>& open,
                              const std::optional<Incident>& last_resolved, const Transition& standing,
                              const std::string& evidence, const Before& before = {});
IncidentUpdate stop_flapping(const Service& service, Incident incident, const Transition& standing);

// Somebody looks after it. The entry has no public text, nor has a reminder's.
IncidentUpdate acknowledge_incident(Incident incident, WallTime now, const std::string& who);
IncidentUpdate remind_of_incident(Incident incident, WallTime now);

// What it comes from became known. The entry has no public text either: what is found is for operators.
IncidentUpdate explain_incident(Incident incident, WallTime now, std::string diagnosis);

// It ends with a word that says why, not by results of its service.
IncidentUpdate end_incident(Incident incident, WallTime now, const std::string& why);
// So, when nobody looks any more: it was paused or left the config. How it is is not known.
IncidentUpdate abandon_incident(Incident incident, WallTime now, const std::string& why);

}  // namespace allclear
