#include "core/engine/groups.h"

#include <algorithm>

#include "core/rules/grouping.h"

namespace allclear {

bool Groups::is_too_many(const ChannelId& channel, MonotonicTime now) {
  std::deque<MonotonicTime>& begun = begun_[channel];
  while (!begun.empty() && begun.front() + policy_.within <= now) begun.pop_front();
  if (begun.size() >= static_cast<std::size_t>(policy_.threshold)) {
    begun.pop_front();  // it goes on as long as this many come in the time
    begun.push_back(now);
    return true;
  }
  begun.push_back(now);
  return false;
}

std::optional<Incident> Groups::cover(const ChannelId& channel, const Incident& incident, const Instant& now) {
  const auto [entry, is_new] = groups_.try_emplace(channel);
  Group& group = entry->second;
  if (is_new) {
    group.incident = begin_group(channel, now.wall);
    group.next_word = now.monotonic + first_group_word;
  }
  group.news = true;
  if (!incident.open()) {
    if (group.open.erase(incident.id) > 0) group.over.insert(incident.id);
  } else if (group.open.insert(incident.id).second && group.over.erase(incident.id) == 0) {
    ++group.total;
  }
  return is_new ? std::optional(group.incident) : std::nullopt;
}

void Groups::end(const IncidentId& incident) {
  for (auto& [channel, group] : groups_) {
    if (group.open.erase(incident) == 0) continue;
    group.over.insert(incident);
    group.news = true;
  }
}

void Groups::forget(const IncidentId& incident) {
  for (auto& [channel, group] : groups_) {
    if (group.open.erase(incident) + group.over.erase(incident) == 0) continue;
    --group.total;
    group.news = true;
  }
}

void Groups::restore(const Incident& group, const Instant& now) {
  Group& kept = groups_[group.group];
  kept.incident = group;
  kept.next_word = now.monotonic + (group.announced ? policy_.every : first_group_word);
  kept.news = true;
}

void Groups::count_on() {
  for (auto& [channel, group] : groups_)
    group.total = std::max<std::size_t>(group.incident.stood_for, group.open.size());
}

std::vector<ChannelId> Groups::due(MonotonicTime now) const {
  std::vector<ChannelId> channels;
  for (const auto& [channel, group] : groups_) {
    if (group.next_word <= now) channels.push_back(channel);
  }
  return channels;
}

void Groups::told(const ChannelId& channel, Incident incident, MonotonicTime now) {
  if (!incident.open()) {
    ended_[channel] = std::move(groups_.at(channel));
    groups_.erase(channel);
    return;
  }
  Group& group = groups_.at(channel);
  group.incident = std::move(incident);
  group.next_word = now + policy_.every;
  group.news = false;
}

const Incident* Groups::ended(const ChannelId& channel) const {
  const auto found = ended_.find(channel);
  return found == ended_.end() || groups_.contains(channel) ? nullptr : &found->second.incident;
}

void Groups::go_on(const ChannelId& channel) { groups_.insert(ended_.extract(channel)); }

MonotonicTime Groups::next() const {
  MonotonicTime next = MonotonicTime::max();
  for (const auto& [channel, group] : groups_) next = std::min(next, group.next_word);
  return next;
}

}  // namespace allclear
