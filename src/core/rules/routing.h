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

// When follow_up() has something to do next; nullopt: never, as things stand. From one word to the next it is never more
// than `longest`: what lies further ahead does so since the wall clock was set back.
struct NextWord {
  WallTime at;
  milliseconds longest{0};
};
std::optional<NextWord> next_follow_up(const Routing& routing, const Incident& incident, WallTime now);
// Channels whose `after` has passed are told of the incident, those whose `remind` has passed are told again; nobody
// once somebody acknowledged it. nullopt: nothing is due.
// `due`: the time that has come, which is later than `now` after the wall clock was set back.
std::optional<FollowUp> follow_up(const Routing& routing, const Incident& incident, WallTime due, WallTime now);

}  // namespace allclear
