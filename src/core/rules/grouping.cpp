#include "core/rules/grouping.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear {
namespace {

constexpr std::size_t most_names = 50;

std::string count_of(std::size_t number) { return fmt::format("{} service{}", number, number == 1 ? "" : "s"); }

// The worst first.
std::string list_names(std::span<const GroupMember> members) {
  std::vector<const GroupMember*> order;
  for (const GroupMember& member : members) order.push_back(&member);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->worst > b->worst; });
  std::string text;
  for (std::size_t i = 0; i < std::min(order.size(), most_names); ++i) text += (i == 0 ? "" : ", ") + order[i]->name;
  if (order.size() > most_names) text += fmt::format(" and {} more", order.size() - most_names);
  return text;
}

void append_word(Incident& group, IncidentStep step, std::string body, WallTime now) {
  const std::uint32_t ordinal = group.timeline.empty() ? 1 : group.timeline.back().ordinal + 1;
  constexpr std::size_t most_words = 200;
  if (group.timeline.size() >= most_words) group.timeline.erase(group.timeline.end() - 2);
  group.timeline.push_back({ordinal, now, step, group.state, std::move(body), {}, {}});
}

}  // namespace

bool is_group(const Incident& incident) { return !incident.group.empty(); }

Incident begin_group(const ChannelId& channel, WallTime now) {
  Incident group;
  group.service = monitor_service();
  group.group = channel;
  group.opened_at = now;
  group.id = incident_id(ServiceId(monitor_service().value() + "/" + channel.value()), now);
  group.title = "Many services fail at once";
  group.reason = Reason::no_data;
  group.announced = false;
  return group;
}

IncidentUpdate tell_of_group(Incident group, std::span<const GroupMember> open, std::size_t total, WallTime now) {
  for (const GroupMember& member : open) {
    group.worst = std::max(group.worst, member.worst);
    group.severity = std::max(group.severity, member.severity);
  }
  IncidentStep step = IncidentStep::updated;
  if (!group.announced) {
    group.announced = true;
    group.title = fmt::format("{} began to fail at once", count_of(total));
    step = IncidentStep::opened;
    append_word(group, step,
                open.empty() ? group.title + "; all are up again"
                             : fmt::format("{}; still failing: {}", group.title, list_names(open)),
                now);
  } else if (open.empty()) {
    group.state = IncidentState::resolved;
    group.resolved_at = std::max(now, group.opened_at);
    step = IncidentStep::resolved;
    append_word(group, step, fmt::format("All of {} are up again", count_of(total)), now);
  } else {
    append_word(group, step, fmt::format("{} of {} still fail: {}", open.size(), count_of(total), list_names(open)),
                now);
  }
  return {std::move(group), {step}};
}

}  // namespace allclear
