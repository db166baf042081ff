#include "runtime/paging_record.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/rules/grouping.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear::runtime {
namespace {

constexpr std::size_t page_size = 1'000;

struct Span {
  const std::optional<ServiceId>& service;
  WallTime from;
  WallTime to;
};

// Newest first, each once; a page at a time, since one may hold a long story.
Result<void> each_incident(Queries& queries, const Span& span, const std::function<void(const Incident&)>& take) {
  std::set<IncidentId> seen;
  WallTime to = span.to;
  for (std::size_t limit = page_size;;) {
    const auto page = queries.incidents(span.service, span.from, to, limit);
    if (!page) return tl::make_unexpected(page.error());
    std::size_t fresh = 0;
    for (const Incident& incident : *page) {
      if (!seen.insert(incident.id).second) continue;
      ++fresh;
      take(incident);
    }
    if (page->size() < limit) return {};
    to = page->back().opened_at + milliseconds(1);  // of that moment there may be more
    if (fresh == 0) limit *= 2;
  }
}

Result<void> each_alert(Queries& queries, const Span& span, const std::function<void(const Alert&)>& take) {
  AlertQuery query;
  query.service = span.service;
  query.limit = page_size;
  while (true) {
    const auto page = queries.alerts(query);
    if (!page) return tl::make_unexpected(page.error());
    for (const AlertRecord& record : page->alerts) {
      if (record.alert.created_at < span.from) return {};
      if (record.alert.created_at < span.to) take(record.alert);
    }
    if (page->next.empty()) return {};
    query.cursor = page->next;
  }
}

void note_acknowledgements(const Incident& incident, std::vector<Acknowledged>& acknowledged) {
  for (const TimelineEntry& entry : incident.timeline) {
    if (entry.step == IncidentStep::acknowledged) acknowledged.push_back({incident.service, entry.at, entry.author});
  }
}

}  // namespace

Result<PagingRecord> read_paging_record(Queries& queries, const std::optional<ServiceId>& service, WallTime from,
                                        WallTime to) {
  PagingRecord record;
  std::set<IncidentId> groups;
  const Span span{service, from, to};
  const auto incidents = each_incident(queries, span, [&](const Incident& incident) {
    if (is_group(incident)) groups.insert(incident.id);
    if (incident.service == monitor_service() || !is_automatic_incident(incident)) return;
    record.paging.incidents.push_back(paged(incident));
    note_acknowledgements(incident, record.acknowledged);
  });
  if (!incidents) return tl::make_unexpected(incidents.error());
  const auto alerts = each_alert(queries, span, [&](const Alert& alert) {
    if (alert.service == monitor_service() && !groups.contains(alert.incident)) return;
    ++record.paging.alerts[alert.channel][alert.step];
    if (alert.state != AlertState::sent) ++record.undelivered;
  });
  if (!alerts) return tl::make_unexpected(alerts.error());
  std::sort(record.acknowledged.begin(), record.acknowledged.end(),
            [](const Acknowledged& left, const Acknowledged& right) { return left.at < right.at; });
  return record;
}

}  // namespace allclear::runtime
