// Incident: one disturbance of one service from its first failing result to its confirmed end. Value; stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"
#include "core/model/verdict.h"

namespace allclear {

enum class Severity : std::uint8_t { minor, major, critical };
enum class IncidentState : std::uint8_t { investigating, identified, monitoring, resolved };
enum class IncidentStep : std::uint8_t {
  opened,
  acknowledged,
  escalated,
  updated,
  reminder,
  resolved,
  reopened,
  flapping_started,
  flapping_stopped
};

std::string_view to_string(Severity severity);
std::string_view to_string(IncidentState state);
std::string_view to_string(IncidentStep step);
std::optional<Severity> parse_severity(std::string_view text);
std::optional<IncidentState> parse_incident_state(std::string_view text);
std::optional<IncidentStep> parse_incident_step(std::string_view text);

struct TimelineEntry {
  std::uint32_t ordinal = 0;  // 1, 2, 3 … within the incident: half of an alert's key
  WallTime at;
  IncidentStep step = IncidentStep::opened;
  IncidentState state = IncidentState::investigating;
  std::string body;      // public text
  std::string evidence;  // operators only, at most 4 KiB
  std::string author;    // empty: automatic

  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

// A channel that heard of the incident.
struct Told {
  ChannelId channel;
  WallTime at;  // of the last word that it was owed: from here the next reminder counts

  friend bool operator==(const Told&, const Told&) = default;
};

struct Incident {
  IncidentId id;
  ServiceId service;
  std::string title;
  Verdict worst = Verdict::degraded;
  Severity severity = Severity::minor;
  IncidentState state = IncidentState::investigating;
  Reason reason = Reason::ok;
  CheckId cause;
  WallTime opened_at;  // back-dated to the first failing result
  std::optional<WallTime> acknowledged_at;
  std::string acknowledged_by;
  std::optional<WallTime> resolved_at;  // back-dated to the first good result
  std::uint32_t reopened = 0;           // times
  milliseconds calm{0};                 // in all, between an end and the reopening after it
  bool flapping = false;                // changes are not told one by one until it ends
  bool unwatched = false;               // it ended since nobody looks any more: how the service is nobody knows
  bool announced = true;                // false: seen at first start with alerts_on_first off; told to nobody so far
  std::vector<ServiceId> affects;       // services that failed with it and were not told of by themselves
  std::vector<Told> told;               // since it opened or reopened: they hear of its end
  std::vector<ChannelId> grouped;       // told of it, but by their group's incident (R17)
  ChannelId group;                      // it is that of this channel and stands for many others; empty: it is none
  std::uint32_t stood_for = 0;          // a group: how many in all, as its last word said
  ChannelId refusing;                   // this channel does not take what it is sent; empty: it is not about one
  std::vector<TimelineEntry> timeline;  // in order of ordinal; at most 200, later ones replace the last but one
  std::string diagnosis;

  bool open() const { return !resolved_at.has_value(); }
  friend bool operator==(const Incident&, const Incident&) = default;
};

// In trouble, from its beginning to its end or, while it is open, to `now`; without the calm between. Never negative.
milliseconds lasted(const Incident& incident, WallTime now);

}  // namespace allclear
