// Routing: which channels are owed a word about an incident, and when. Pure. A channel that was told of an incident
// hears of its end, whatever the config says by then; one that was not told hears nothing of its end.
#pragma once

#include <optional>
#include <vector>

#include "core/model/alert.h"
#include "core/model/channel.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {

struct Routing {
  const std::vector<ChannelId>& channels;  // of the service
  const ChannelPolicies& policies;         // a channel that is not here wants everything, at once
};

// What the steps at the end of the update's timeline owe: one alert per step and channel, due now, its id the
// idempotency key (R3). Notes in the incident who was told. Nothing for an incident that is not announced.
std::vector<Alert> route(const Routing& routing, IncidentUpdate& update, WallTime now);

// A step that tells of something worse: it may bring in channels that were not told so far.
bool tells_of_worse(IncidentStep step);

// What an open incident owes as time goes by, and to whom.
struct FollowUp {
  Incident incident;
  std::vector<Alert> alerts;
};

// When a channel is owed its next word by the passing of time. From one word to the next it is never more than
// `longest`: what lies further ahead does so since the wall clock was set back.
struct NextWord {
  ChannelId channel;
  WallTime at;
  milliseconds longest{0};
};
// One a channel; nobody is owed any once somebody acknowledged the incident.
std::vector<NextWord> next_words(const Routing& routing, const Incident& incident);
// Those of the words that are still owed are told now: whoever waited for its `after` is told of the incident, whoever
// waited for its `remind` is told again. nullopt: nobody is.
std::optional<FollowUp> follow_up(const Routing& routing, const Incident& incident, const std::vector<NextWord>& due,
                                  WallTime now);

}  // namespace allclear
