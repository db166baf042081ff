// compare_paging: what paged against what would have paged under other rules. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/alert.h"
#include "core/model/incident.h"

namespace allclear {

// Of an incident, what makes it the same or another.
struct PagedIncident {
  ServiceId service;
  WallTime began;
  std::optional<WallTime> ended;  // none: it goes on
  milliseconds calm{0};           // between an end and the reopening after it
  Verdict worst = Verdict::degraded;
  Severity severity = Severity::minor;
  Reason reason = Reason::ok;
  bool flapped = false;         // so that its reason may be that of a moment at which all was fine
  std::vector<ChannelId> told;  // by itself or by a group, sorted; empty: nobody was

  friend bool operator==(const PagedIncident&, const PagedIncident&) = default;
};
PagedIncident paged(const Incident& incident);

using StepCounts = std::map<IncidentStep, std::size_t>;

struct Paging {
  std::vector<PagedIncident> incidents;
  std::map<ChannelId, StepCounts> alerts;

  std::size_t services_told() const;  // of which anybody was told anything
  std::size_t alert_count() const;
};
std::size_t sum_of(const StepCounts& steps);

enum class PagingAspect : std::uint8_t { beginning, end, verdict, severity, channels };
std::string_view to_string(PagingAspect aspect);

// One of the two at least; with both, in what they differ.
struct PagingDifference {
  std::optional<PagedIncident> did;
  std::optional<PagedIncident> would;
  std::vector<PagingAspect> aspects;
};

struct PagingComparison {
  std::size_t same = 0;
  std::vector<PagingDifference> differences;  // by their beginning
};

// Incidents of one service that overlap are one and the same. Times that differ by no more than this are equal, and so
// are beginnings before `seen_from`, of which only one side may know.
inline constexpr milliseconds same_time{60'000};
PagingComparison compare_paging(const Paging& did, const Paging& would, WallTime seen_from);

}  // namespace allclear
