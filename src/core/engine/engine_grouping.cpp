// A storm of alerts is told in groups (R17). The alerts that a decision owes to a channel in a storm are left out of
// it; its incident notes that a group tells it, and the group's own incident is stored with it.
#include <algorithm>
#include <utility>

#include "core/engine/engine_state.h"
#include "core/rules/grouping.h"
#include "core/rules/routing.h"

namespace allclear {
namespace {

bool is_grouped(const Incident& incident, const ChannelId& channel) {
  return std::find(incident.grouped.begin(), incident.grouped.end(), channel) != incident.grouped.end();
}

}  // namespace

void Engine::State::gather(Decision& decision) {
  if (decision.alerts.empty() || !decision.incident || is_group(*decision.incident)) return;
  Incident& incident = *decision.incident;
  if (incident.service == monitor_service()) return;  // its own faults are told at once
  std::erase_if(decision.alerts, [&](const Alert& alert) {
    const bool told_so_far = is_grouped(incident, alert.channel);
    if (!told_so_far && (!tells_of_worse(alert.step) || !groups.is_too_many(alert.channel, now_is.monotonic)))
      return false;
    if (!told_so_far) incident.grouped.push_back(alert.channel);
    if (auto begun = groups.cover(alert.channel, incident, now_is)) store_own(std::move(*begun), {});
    return true;
  });
}

void Engine::State::store_own(Incident incident, std::vector<Alert> alerts) {
  Decision decision;
  decision.service = incident.service;
  decision.incident = std::move(incident);
  decision.alerts = std::move(alerts);
  commits.push(std::move(decision));
}

void Engine::State::take_due_groups(const Instant& now) {
  for (const ChannelId& channel : groups.due(now.monotonic)) {
    Groups::Group& group = groups.at(channel);
    if (!group.news && !group.open.empty()) {  // when all were up at its last word, it is over
      groups.told(channel, group.incident, now.monotonic);
      continue;
    }
    std::vector<GroupMember> members;
    std::set<IncidentId> still_open;
    for (std::size_t row = 0; row < roster.row_count(); ++row) {
      const auto& open = roster.service(row).open_incident;
      if (!open || !group.open.contains(open->id)) continue;
      still_open.insert(open->id);
      members.push_back({roster.service(row).service->name.value(), open->worst, open->severity});
    }
    group.open = std::move(still_open);
    IncidentUpdate update = tell_of_group(group.incident, members, std::max<std::size_t>(group.total, 1), now.wall);
    const std::vector<ChannelId> channels{channel};
    static const ChannelPolicies everything;
    std::vector<Alert> alerts = route({channels, everything}, update, now.wall);
    groups.told(channel, update.incident, now.monotonic);
    store_own(std::move(update.incident), std::move(alerts));
  }
}

// After a start: open groups, and the open incidents that they stand for.
void Engine::State::restore_groups(const StoredState& stored, const Instant& now) {
  for (const Incident& incident : stored.open_incidents) {
    if (is_group(incident)) groups.restore(incident, now);
  }
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    const auto& open = roster.service(row).open_incident;
    if (!open) continue;
    for (const ChannelId& channel : open->grouped) {
      if (auto begun = groups.cover(channel, *open, now)) store_own(std::move(*begun), {});
    }
  }
  groups.count_on();
}

// After a conflict about these services: what was decided about the doubtful ones is void. A group that ended since all were
// up, by what is void now, goes on; nobody heard of its end.
void Engine::State::regroup(const std::set<IncidentId>& doubtful, const ServiceSet& services, const StoredState& stored,
                            const Instant& now) {
  const auto holds = [](const std::vector<Incident>& incidents, const IncidentId& id) {
    return std::any_of(incidents.begin(), incidents.end(), [&](const Incident& one) { return one.id == id; });
  };
  for (const IncidentId& id : doubtful) {
    if (holds(stored.recent_incidents, id))
      groups.end(id);
    else if (!holds(stored.open_incidents, id))
      groups.forget(id);
  }
  for (const Incident& open : stored.open_incidents) {
    if (!services.contains(open.service)) continue;
    for (const ChannelId& channel : open.grouped) {
      const Incident* ended = groups.ended(channel);
      if (ended != nullptr && holds(stored.open_incidents, ended->id) && commits.withdraw_end(ended->id))
        groups.go_on(channel);
      if (auto begun = groups.cover(channel, open, now)) store_own(std::move(*begun), {});
    }
  }
}

}  // namespace allclear
