// grouping: many incidents at once are told in one message to a channel, by an incident of the monitor's own that
// stands for them (R17). Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/model/incident.h"
#include "core/model/service.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {

inline constexpr milliseconds first_group_word{10'000};  // after the group began

// It is a group's, not one service's.
bool is_group(const Incident& incident);

// Of one channel; open, and told to nobody yet.
Incident begin_group(const ChannelId& channel, WallTime now);

// One of those that the group stands for and that are still open.
struct GroupMember {
  std::string name;  // of the service
  Verdict worst = Verdict::degraded;
  Severity severity = Severity::minor;
};

// What the channel is told next: that the group began, what still fails, or that it is over. `total`: how many it
// stood for in all, which its title follows. The first 50 names, as far as they fit into 800 bytes, are listed, the
// others counted.
IncidentUpdate tell_of_group(Incident group, std::span<const GroupMember> open, std::size_t total, WallTime now);

}  // namespace allclear
