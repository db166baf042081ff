#include "core/rules/grouping.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear {
namespace {

constexpr std::size_t most_names = 50;
constexpr std::size_t most_bytes = 800;  // of names: no channel cuts off how many more there are

std::string count_of(std::size_t number) { return fmt::format("{} service{}", number, number == 1 ? "" : "s"); }

// The worst first.
std::string list_names(std::span<const GroupMember> members) {
  std::vector<const GroupMember*> order;
  for (const GroupMember& member : members) order.push_back(&member);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->worst > b->worst; });
  std::string text;
  std::size_t listed = 0;
  for (; listed < std::min(order.size(), most_names); ++listed) {
    const std::string next = (listed == 0 ? "" : ", ") + order[listed]->name;
    if (listed > 0 && text.size() + next.size() > most_bytes) break;
    text += next;
  }
  if (order.size() > listed) text += fmt::format(" and {} more", order.size() - listed);
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
  group.reason = Reason::ok;  // of each of its services another
  group.announced = false;
  return group;
}

IncidentUpdate tell_of_group(Incident group, std::span<const GroupMember> open, std::size_t total, WallTime now) {
  for (const GroupMember& member : open) {
    group.worst = std::max(group.worst, member.worst);
    group.severity = std::max(group.severity, member.severity);
  }
  group.stood_for = static_cast<std::uint32_t>(total);
  group.title = fmt::format("{} began to fail at once", count_of(total));
  IncidentStep step = IncidentStep::updated;
  if (!group.announced) {
    group.announced = true;
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
