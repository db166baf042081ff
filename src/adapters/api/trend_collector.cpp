#include "adapters/api/trend_collector.h"

#include <algorithm>
#include <map>

namespace allclear::api {
namespace {

constexpr milliseconds half_hour{1'800'000};
constexpr std::size_t page_size = 1'000;
constexpr int most_pages =
    100;  // of a service: what checks more often than every second is judged by its newest results
constexpr auto length = static_cast<std::int64_t>(trend_length);

std::int64_t half_of(WallTime time) { return time.time_since_epoch() / half_hour; }

microseconds p95_of(std::vector<microseconds>& latencies) {
  const std::size_t rank = (latencies.size() * 95 + 99) / 100 - 1;  // nearest rank
  const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(latencies.begin(), at, latencies.end());
  return *at;
}

bool succeeded(const CheckResult& result) {
  return (result.verdict == Verdict::up || result.verdict == Verdict::degraded) && result.latency > microseconds(0);
}

}  // namespace

void TrendCollector::collect(const Snapshot& snapshot, WallTime now, const std::function<bool()>& may_go_on) {
  if (const std::int64_t half = half_of(now); half != half_) begin(snapshot, half);
  while (!left_.empty() && may_go_on()) {
    read(left_.back());
    left_.pop_back();
  }
}

// What was known moves on by the half hours that went by.
void TrendCollector::begin(const Snapshot& snapshot, std::int64_t half) {
  const std::int64_t gone = half - half_;
  const bool goes_on = left_.empty() && half_ >= 0 && gone > 0 && gone < length;
  LatencyTrends kept;
  left_.clear();
  for (const auto& service : snapshot.services) {
    if (service.service->visibility == Visibility::internal) continue;
    left_.push_back(service.service->id);
    const auto known = trends_.find(std::string(service.service->id.value()));
    if (!goes_on || known == trends_.end()) continue;
    known->second.erase(known->second.begin(), known->second.begin() + gone);
    known->second.resize(trend_length);
    kept.emplace(known->first, std::move(known->second));
  }
  std::reverse(left_.begin(), left_.end());  // the first on the page first
  trends_ = std::move(kept);
  before_ = goes_on ? half_ : -1;
  half_ = half;
}

void TrendCollector::read(const ServiceId& service) {
  auto& trend = trends_[std::string(service.value())];
  const bool known = !trend.empty();
  trend.resize(trend_length);
  const std::int64_t first = half_ - length;
  HistoryQuery query;
  query.service = service;
  query.from = WallTime(half_hour * (known ? std::max(before_, first) : first));
  query.to = WallTime(half_hour * half_);
  query.limit = page_size;
  std::map<std::int64_t, std::vector<microseconds>> halves;
  for (int page = 0; page < most_pages; ++page) {
    const auto rows = queries_.history(query);
    if (!rows) {  // what is missing is a gap; of a service that nothing is known of all is asked for again
      if (!known) trends_.erase(std::string(service.value()));
      return;
    }
    for (const HistoryRow& row : rows->rows) {
      if (succeeded(row.result)) halves[half_of(row.result.at)].push_back(row.result.latency);
    }
    if (rows->next.empty()) break;
    query.cursor = rows->next;
  }
  for (auto& [half, latencies] : halves) {
    if (half >= first && half < half_) trend[static_cast<std::size_t>(half - first)] = p95_of(latencies);
  }
}

}  // namespace allclear::api
