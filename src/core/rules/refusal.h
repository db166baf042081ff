// refusal: a channel does not take what it is sent, so that alerts became dead letters. One incident of the monitor's
// own tells the other channels, however many alerts there are (R5). Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/model/incident.h"
#include "core/model/service.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {

bool is_refusal(const Incident& incident);

// `answer` is what it said to the first of them: for operators, so that it rides in the alerts as their diagnosis.
IncidentUpdate begin_refusal(const ChannelId& channel, const std::string& answer, WallTime now);

// It took one again, and gave up none for this long.
inline constexpr milliseconds calm_after_refusal{600'000};
IncidentUpdate end_refusal(Incident refusal, WallTime now);
IncidentUpdate end_of_channel(Incident refusal, WallTime now);

// Who can be told of it: those for the monitor's own faults, without those that refuse, too.
std::vector<ChannelId> told_of_refusals(std::span<const ChannelId> own_alerts, std::span<const ChannelId> refusing);

}  // namespace allclear
