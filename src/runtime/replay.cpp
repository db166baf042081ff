#include "runtime/replay.h"

#include <algorithm>
#include <utility>

#include "runtime/paging_record.h"

namespace allclear::runtime {
namespace {

// Before what was asked for: streaks, flapping and open incidents are as they were by then. From midnight on, since
// days tell which services had a history.
constexpr std::chrono::days lead{2};
constexpr std::chrono::days longest_history{400};
constexpr std::uint64_t results_between_words = 1 << 12;

WallTime begin_of(WallTime from) { return std::max(WallTime{}, WallTime(day_of(from) - lead)); }

Result<std::vector<ServiceId>> known_before(Queries& queries, WallTime begin, WallTime now) {
  const auto first = std::max(std::chrono::sys_days{}, day_of(begin) - longest_history);
  const auto services = queries.days(first, now, every_service);
  if (!services) return tl::make_unexpected(services.error());
  std::vector<ServiceId> known;
  for (const ServiceDays& service : *services) {
    const bool stood = std::any_of(service.days.begin(), service.days.end(), [&](const DayRow& row) {
      return row.day < begin && row.times.up + row.times.degraded + row.times.down + row.times.maintenance > seconds(0);
    });
    if (stood) known.push_back(service.service);
  }
  return known;
}

Result<ReplayPlan> make_plan(const ReplayRequest& request, Queries& queries) {
  ReplayPlan plan{request.catalogue, begin_of(request.from), request.from, request.to, {}, {}, request.only};
  auto known = known_before(queries, plan.begin, plan.to);
  if (!known) return tl::make_unexpected(known.error());
  plan.known = std::move(*known);
  auto record = read_paging_record(queries, std::nullopt, plan.begin, plan.to);
  if (!record) return tl::make_unexpected(record.error());
  plan.acknowledged = std::move(record->acknowledged);
  std::erase_if(plan.acknowledged, [&](const Acknowledged& done) { return done.at < plan.begin; });
  for (const PagedIncident& incident : record->paging.incidents) {
    if (incident.began < plan.begin) plan.known.push_back(incident.service);
  }
  return plan;
}

}  // namespace

Result<ReplayReport> replay(const ReplayRequest& request, Queries& queries, StoredResults& results,
                            const ReplayProgress& progress) {
  auto plan = make_plan(request, queries);
  if (!plan) return tl::make_unexpected(plan.error());
  const WallTime begin = plan->begin;
  const auto whole = static_cast<double>(std::max<std::int64_t>((request.to - begin).count(), 1));
  HistoryReplay history(std::move(*plan));
  std::uint64_t taken = 0;
  const auto read = results.read(begin, request.to, [&](const CheckKey& key, const CheckResult& result) {
    if (taken++ % results_between_words == 0) progress(static_cast<double>((result.at - begin).count()) / whole);
    history.take(key, result);
  });
  if (!read) return tl::make_unexpected(read.error());
  history.finish();

  ReplayReport report;
  report.from = request.from;
  report.facts = history.facts();
  report.results_from = report.facts.first_at;
  if (!report.results_from) return report;
  report.from = std::max(request.from, *report.results_from);
  auto record = read_paging_record(queries, request.only, report.from, request.to);
  if (!record) return tl::make_unexpected(record.error());
  report.would = history.paging();
  report.did = std::move(record->paging);
  report.undelivered = record->undelivered;
  report.comparison = compare_paging(report.did, report.would, *report.results_from);
  return report;
}

}  // namespace allclear::runtime
