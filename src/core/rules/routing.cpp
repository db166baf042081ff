#include "core/rules/routing.h"

#include <algorithm>

namespace allclear {
namespace {

const ChannelPolicy& policy_of(const Routing& routing, const ChannelId& channel) {
  static const ChannelPolicy everything;
  const auto found = routing.policies.find(channel);
  return found == routing.policies.end() ? everything : found->second;
}

template <class Word>
bool admits(const std::vector<Word>& only, Word word) {
  return only.empty() || std::find(only.begin(), only.end(), word) != only.end();
}

bool wants(const ChannelPolicy& policy, const Incident& incident) {
  return admits(policy.only_verdicts, incident.worst) && admits(policy.only_severities, incident.severity);
}

const Told* find_told(const Incident& incident, const ChannelId& channel) {
  const auto found =
      std::find_if(incident.told.begin(), incident.told.end(), [&](const Told& one) { return one.channel == channel; });
  return found == incident.told.end() ? nullptr : &*found;
}

void note_told(Incident& incident, const ChannelId& channel, WallTime now) {
  std::erase_if(incident.told, [&](const Told& one) { return one.channel == channel; });
  incident.told.push_back({channel, now});
}

Alert make_alert(const Incident& incident, const TimelineEntry& entry, const ChannelId& channel, WallTime now) {
  Alert alert;
  alert.id = alert_id(incident.id, entry.ordinal, channel);
  alert.incident = incident.id;
  alert.service = incident.service;
  alert.ordinal = entry.ordinal;
  alert.step = entry.step;
  alert.channel = channel;
  alert.created_at = now;
  alert.due_at = now;
  return alert;
}

bool begins(IncidentStep step) {
  return step == IncidentStep::opened || step == IncidentStep::reopened || step == IncidentStep::flapping_started;
}

// Of the steps that told of something worse, the last one that `counts`.
template <class Counts>
const TimelineEntry* last_entry(const Incident& incident, const Counts& counts) {
  const auto found = std::find_if(incident.timeline.rbegin(), incident.timeline.rend(),
                                  [&](const TimelineEntry& entry) { return counts(entry.step); });
  return found == incident.timeline.rend() ? nullptr : &*found;
}

// The first entry since the incident began, or began again: flapping within it is no new beginning.
const TimelineEntry* beginning(const Incident& incident) {
  const TimelineEntry* first = nullptr;
  for (auto entry = incident.timeline.rbegin(); entry != incident.timeline.rend(); ++entry) {
    if (entry->state == IncidentState::resolved) break;
    first = &*entry;
  }
  return first;
}

// The last step to something worse, since it began or came back.
const TimelineEntry* worsening(const Incident& incident) {
  for (auto entry = incident.timeline.rbegin(); entry != incident.timeline.rend(); ++entry) {
    if (entry->state == IncidentState::resolved) return nullptr;
    if (tells_of_worse(entry->step) && entry->step != IncidentStep::flapping_started) return &*entry;
  }
  return nullptr;
}

// Since when the channel could have been told: a channel that wants only the worse begins with the step to it.
WallTime wanted_since(const ChannelPolicy& policy, const Incident& incident) {
  const bool picky = !policy.only_verdicts.empty() || !policy.only_severities.empty();
  const TimelineEntry* entry = picky ? worsening(incident) : nullptr;
  if (entry == nullptr) entry = beginning(incident);
  return entry == nullptr ? incident.opened_at : entry->at;
}

std::vector<ChannelId> addressees(const Routing& routing, const Incident& incident, IncidentStep step) {
  std::vector<ChannelId> channels;
  for (const Told& told : incident.told) channels.push_back(told.channel);
  if (!tells_of_worse(step)) return channels;
  for (const ChannelId& channel : routing.channels) {
    const ChannelPolicy& policy = policy_of(routing, channel);
    const bool at_once = policy.after <= milliseconds(0);
    if (find_told(incident, channel) == nullptr && at_once && wants(policy, incident)) channels.push_back(channel);
  }
  return channels;
}

bool waits_for_somebody(const Incident& incident) {
  return incident.open() && incident.announced && !incident.acknowledged_at;
}

// When the channel is owed its next word by the passing of time.
std::optional<NextWord> next_word(const Routing& routing, const Incident& incident, const ChannelId& channel) {
  const ChannelPolicy& policy = policy_of(routing, channel);
  if (const Told* told = find_told(incident, channel)) {
    if (policy.remind <= milliseconds(0)) return std::nullopt;
    return NextWord{channel, told->at + policy.remind, policy.remind};
  }
  if (policy.after <= milliseconds(0) || !wants(policy, incident)) return std::nullopt;
  return NextWord{channel, wanted_since(policy, incident) + policy.after, policy.after};
}

}  // namespace

bool tells_of_worse(IncidentStep step) { return begins(step) || step == IncidentStep::escalated; }

std::vector<Alert> route(const Routing& routing, IncidentUpdate& update, WallTime now) {
  std::vector<Alert> alerts;
  Incident& incident = update.incident;
  if (!incident.announced || update.steps.empty()) return alerts;
  for (auto entry = incident.timeline.end() - static_cast<std::ptrdiff_t>(update.steps.size());
       entry != incident.timeline.end(); ++entry) {
    for (const ChannelId& channel : addressees(routing, incident, entry->step)) {
      alerts.push_back(make_alert(incident, *entry, channel, now));
      if (tells_of_worse(entry->step)) note_told(incident, channel, now);
    }
  }
  return alerts;
}

std::vector<NextWord> next_words(const Routing& routing, const Incident& incident) {
  std::vector<NextWord> words;
  if (!waits_for_somebody(incident)) return words;
  for (const ChannelId& channel : routing.channels) {
    if (auto word = next_word(routing, incident, channel)) words.push_back(*std::move(word));
  }
  return words;
}

std::optional<FollowUp> follow_up(const Routing& routing, const Incident& incident, const std::vector<NextWord>& due,
                                  WallTime now) {
  if (!waits_for_somebody(incident)) return std::nullopt;
  std::vector<ChannelId> late, reminded;
  for (const NextWord& one : due) {
    const auto word = next_word(routing, incident, one.channel);
    if (word && word->at == one.at)
      (find_told(incident, one.channel) == nullptr ? late : reminded).push_back(one.channel);
  }
  if (late.empty() && reminded.empty()) return std::nullopt;
  FollowUp owed{incident, {}};
  const TimelineEntry* news = last_entry(incident, tells_of_worse);
  for (const ChannelId& channel : late) {
    if (news != nullptr) owed.alerts.push_back(make_alert(incident, *news, channel, now));
    note_told(owed.incident, channel, now);
  }
  if (!reminded.empty()) owed.incident = remind_of_incident(std::move(owed.incident), now).incident;
  for (const ChannelId& channel : reminded) {
    owed.alerts.push_back(make_alert(owed.incident, owed.incident.timeline.back(), channel, now));
    note_told(owed.incident, channel, now);
  }
  return owed;
}

}  // namespace allclear
