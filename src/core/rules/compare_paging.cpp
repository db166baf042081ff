#include "core/rules/compare_paging.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace allclear {
namespace {

bool apart(WallTime left, WallTime right) { return left > right + same_time || right > left + same_time; }

bool ends_apart(const std::optional<WallTime>& left, const std::optional<WallTime>& right) {
  if (!left || !right) return left.has_value() != right.has_value();
  return apart(*left, *right);
}

PagingDifference difference(const PagedIncident& did, const PagedIncident& would, WallTime seen_from) {
  PagingDifference found{did, would, {}};
  const auto note = [&](bool differs, PagingAspect aspect) {
    if (differs) found.aspects.push_back(aspect);
  };
  note(apart(std::max(did.began, seen_from), std::max(would.began, seen_from)), PagingAspect::beginning);
  note(ends_apart(did.ended, would.ended), PagingAspect::end);
  note(did.worst != would.worst, PagingAspect::verdict);
  note(did.severity != would.severity, PagingAspect::severity);
  note(did.told != would.told, PagingAspect::channels);
  return found;
}

// By service, then time. A service has one incident at a time, so their ends are in order, too.
std::vector<PagedIncident> in_order(std::vector<PagedIncident> incidents) {
  std::sort(incidents.begin(), incidents.end(), [](const PagedIncident& left, const PagedIncident& right) {
    return std::tie(left.service, left.began) < std::tie(right.service, right.began);
  });
  return incidents;
}

// Ends before the other one begins, or at that moment: then they do not overlap.
bool passes(const PagedIncident& one, const PagedIncident& other) {
  if (one.service != other.service) return one.service < other.service;
  return one.began < other.began && one.ended.value_or(WallTime::max()) <= other.began;
}

WallTime beginning_of(const PagingDifference& difference) {
  return difference.did ? difference.did->began : difference.would->began;
}

}  // namespace

PagedIncident paged(const Incident& incident) {
  std::set<ChannelId> told(incident.grouped.begin(), incident.grouped.end());
  for (const Told& one : incident.told) told.insert(one.channel);
  const bool flapped = std::any_of(incident.timeline.begin(), incident.timeline.end(), [](const TimelineEntry& entry) {
    return entry.step == IncidentStep::flapping_started;
  });
  return {incident.service,
          incident.opened_at,
          incident.resolved_at,
          incident.calm,
          incident.worst,
          incident.severity,
          incident.reason,
          flapped,
          {told.begin(), told.end()}};
}

std::size_t Paging::services_told() const {
  std::set<ServiceId> services;
  for (const PagedIncident& incident : incidents) {
    if (!incident.told.empty()) services.insert(incident.service);
  }
  return services.size();
}

std::size_t sum_of(const StepCounts& steps) {
  std::size_t sum = 0;
  for (const auto& [step, count] : steps) sum += count;
  return sum;
}

std::size_t Paging::alert_count() const {
  std::size_t sum = 0;
  for (const auto& [channel, steps] : alerts) sum += sum_of(steps);
  return sum;
}

std::string_view to_string(PagingAspect aspect) {
  switch (aspect) {
    case PagingAspect::beginning: return "start";
    case PagingAspect::end: return "end";
    case PagingAspect::verdict: return "verdict";
    case PagingAspect::severity: return "severity";
    case PagingAspect::channels: return "channels";
  }
  return "start";
}

PagingComparison compare_paging(const Paging& did, const Paging& would, WallTime seen_from) {
  const std::vector<PagedIncident> before = in_order(did.incidents);
  const std::vector<PagedIncident> after = in_order(would.incidents);
  PagingComparison comparison;
  auto old = before.begin();
  auto fresh = after.begin();
  while (old != before.end() || fresh != after.end()) {
    if (fresh == after.end() || (old != before.end() && passes(*old, *fresh))) {
      comparison.differences.push_back({*old++, std::nullopt, {}});
    } else if (old == before.end() || passes(*fresh, *old)) {
      comparison.differences.push_back({std::nullopt, *fresh++, {}});
    } else {
      PagingDifference pair = difference(*old++, *fresh++, seen_from);
      if (pair.aspects.empty())
        ++comparison.same;
      else
        comparison.differences.push_back(std::move(pair));
    }
  }
  std::stable_sort(comparison.differences.begin(), comparison.differences.end(),
                   [](const auto& left, const auto& right) { return beginning_of(left) < beginning_of(right); });
  return comparison;
}

}  // namespace allclear
