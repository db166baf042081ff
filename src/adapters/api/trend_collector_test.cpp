#include "adapters/api/trend_collector.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/site_fixture.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A log of results, served by pages of `page` rows, newest first.
class FakeLog final : public Queries {
 public:
  void add(const char* service, WallTime at, int latency_ms, Verdict verdict = Verdict::up) {
    CheckResult result;
    result.at = at;
    result.verdict = verdict;
    result.latency = microseconds(1'000 * latency_ms);
    rows_.push_back({{ServiceId(service), CheckId(service), local_location()}, result});
  }

  Result<HistoryPage> history(const HistoryQuery& query) override {
    asked.push_back(query);
    if (broken) return failure("disk I/O error");
    std::vector<HistoryRow> found;
    for (const HistoryRow& row : rows_) {
      if (row.key.service == query.service && row.result.at >= *query.from && row.result.at < *query.to)
        found.push_back(row);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.result.at > b.result.at; });
    const std::size_t first = query.cursor.empty() ? 0 : std::stoul(query.cursor);
    const std::size_t last = std::min(found.size(), first + std::min(page, query.limit));
    HistoryPage answer;
    answer.rows.assign(found.begin() + static_cast<std::ptrdiff_t>(first),
                       found.begin() + static_cast<std::ptrdiff_t>(last));
    if (last < found.size()) answer.next = std::to_string(last);
    return answer;
  }
  Result<std::vector<ServiceDays>> days(std::chrono::sys_days, WallTime, const ServiceFilter&) override { return {}; }
  Result<std::vector<Series>> series(const SeriesQuery&) override { return std::vector<Series>{}; }
  Result<std::vector<Incident>> incidents(const std::optional<ServiceId>&, WallTime, WallTime, std::size_t) override {
    return {};
  }
  Result<std::optional<Incident>> incident(const IncidentId&) override { return {}; }
  Result<AlertPage> alerts(const AlertQuery&) override { return {}; }
  Result<std::optional<AlertRecord>> alert(const AlertId&) override { return {}; }

  std::vector<HistoryQuery> asked;
  std::size_t page = 1'000;
  bool broken = false;

 private:
  std::vector<HistoryRow> rows_;
};

class TrendCollecting : public testing::Test {
 protected:
  const LatencyTrend& collect(WallTime now, const char* service = "service-0") {
    collector.collect(world.snapshot, now, [] { return true; });
    return collector.trends().at(service);
  }

  static std::size_t known_in(const LatencyTrend& trend) {
    return static_cast<std::size_t>(
        std::count_if(trend.begin(), trend.end(), [](const auto& half) { return half.has_value(); }));
  }

  test::SampleWorld world = test::make_calm_world(1);
  FakeLog log;
  TrendCollector collector{log};
  const WallTime now = *parse_rfc3339("2026-11-20T09:00:12Z");   // the newest whole half hour began at 08:30
  const WallTime half = *parse_rfc3339("2026-11-20T08:30:00Z");  // trend.back()
};

TEST_F(TrendCollecting, TheP95IsOfTheNearestRank) {
  for (const auto& [count, expected] :
       {std::pair{1, 1}, {2, 2}, {10, 10}, {19, 19}, {20, 19}, {21, 20}, {40, 38}, {100, 95}, {101, 96}}) {
    FakeLog results;
    for (int i = 1; i <= count; ++i) results.add("service-0", half + seconds(i * 7919 % 1800), i);
    TrendCollector fresh(results);
    fresh.collect(world.snapshot, now, [] { return true; });
    EXPECT_EQ(fresh.trends().at("service-0").back(), microseconds(1'000 * expected)) << count;
  }
}

TEST_F(TrendCollecting, ADayOfHalfHoursWithGapsWhereNothingIsKnown) {
  log.add("service-0", half - hours(24), 1);  // too old
  log.add("service-0", half - hours(23) - minutes(30), 2);
  log.add("service-0", half - milliseconds(1), 3);
  log.add("service-0", half, 4);
  log.add("service-0", half + minutes(30), 5);  // of the half hour that is not over
  const LatencyTrend& trend = collect(now);
  ASSERT_EQ(trend.size(), trend_length);
  EXPECT_EQ(trend.front(), microseconds(2'000));
  EXPECT_EQ(trend[46], microseconds(3'000));
  EXPECT_EQ(trend[47], microseconds(4'000));
  EXPECT_EQ(known_in(trend), 3U);
}

TEST_F(TrendCollecting, OnlySuccessesCount) {
  log.add("service-0", half, 10, Verdict::up);
  log.add("service-0", half, 20, Verdict::degraded);
  log.add("service-0", half, 5'000, Verdict::down);
  log.add("service-0", half, 6'000, Verdict::unknown);
  log.add("service-0", half, 0, Verdict::up);
  log.add("service-0", half - minutes(1), 5'000, Verdict::down);
  const LatencyTrend& trend = collect(now);
  EXPECT_EQ(trend[47], microseconds(20'000));
  EXPECT_EQ(trend[46], std::nullopt);
}

TEST_F(TrendCollecting, ReadsEveryPage) {
  log.page = 7;
  for (int i = 0; i < 48; ++i) log.add("service-0", half - minutes(30 * i), 10 + i);
  EXPECT_EQ(known_in(collect(now)), trend_length);
  EXPECT_EQ(log.asked.size(), 7U);
}

TEST_F(TrendCollecting, MovesOnReadingOnlyWhatIsNew) {
  log.add("service-0", half, 10);
  collect(now);
  ASSERT_EQ(log.asked.size(), 1U);
  EXPECT_EQ(log.asked[0].from, half - hours(23) - minutes(30));
  collect(now + minutes(29));
  EXPECT_EQ(log.asked.size(), 1U);
  log.add("service-0", half + minutes(31), 20);
  const LatencyTrend& moved = collect(now + minutes(30));
  ASSERT_EQ(log.asked.size(), 2U);
  EXPECT_EQ(log.asked[1].from, half + minutes(30));
  EXPECT_EQ(log.asked[1].to, half + minutes(60));
  EXPECT_EQ(moved[46], microseconds(10'000));
  EXPECT_EQ(moved[47], microseconds(20'000));
  const LatencyTrend& later = collect(now + hours(10));
  EXPECT_EQ(log.asked[2].from, half + minutes(60));
  EXPECT_EQ(later[27], microseconds(10'000));
  EXPECT_EQ(later[28], microseconds(20'000));
  EXPECT_EQ(known_in(later), 2U);
}

TEST_F(TrendCollecting, StartsAnewAfterALongGapOrAClockSetBack) {
  log.add("service-0", half, 10);
  collect(now);
  EXPECT_EQ(known_in(collect(now + hours(24))), 0U);
  EXPECT_EQ(log.asked.back().from, half + minutes(30));
  EXPECT_EQ(collect(now)[47], microseconds(10'000));
  EXPECT_EQ(log.asked.back().from, half - hours(23) - minutes(30));
  EXPECT_EQ(collect(now - hours(2))[47], std::nullopt);
}

TEST_F(TrendCollecting, InternalServicesAreLeftOut) {
  world = test::make_hostile_world();
  log.add("hidden", half, 10);
  collect(now, "markup");
  EXPECT_FALSE(collector.trends().contains("hidden"));
  for (const HistoryQuery& query : log.asked) EXPECT_NE(query.service, ServiceId("hidden"));
}

TEST_F(TrendCollecting, WhatLeavesThePageLeavesTheTrends) {
  world = test::make_calm_world(2);
  collect(now, "service-1");
  world = test::make_calm_world(1);
  collect(now + minutes(30));
  EXPECT_FALSE(collector.trends().contains("service-1"));
}

TEST_F(TrendCollecting, StopsWhenItIsToldToAndGoesOnLater) {
  world = test::make_calm_world(5);
  for (const char* service : {"service-0", "service-1", "service-4"}) log.add(service, half, 10);
  int left = 2;
  const auto twice = [&] { return left-- > 0; };
  collector.collect(world.snapshot, now, twice);
  EXPECT_EQ(collector.trends().size(), 2U);
  EXPECT_TRUE(collector.trends().contains("service-0")) << "the first on the page first";
  collector.collect(world.snapshot, now, [] { return false; });
  EXPECT_EQ(collector.trends().size(), 2U);
  left = 2;
  collector.collect(world.snapshot, now + seconds(1), twice);
  collector.collect(world.snapshot, now + seconds(2), [] { return true; });
  EXPECT_EQ(collector.trends().size(), 5U);
  EXPECT_EQ(log.asked.size(), 5U) << "nothing is read twice";
}

TEST_F(TrendCollecting, AServiceThatCouldNotBeReadIsReadAsAWholeNextTime) {
  log.add("service-0", half, 10);
  log.broken = true;
  collector.collect(world.snapshot, now, [] { return true; });
  log.broken = false;
  EXPECT_EQ(collect(now + minutes(30))[46], microseconds(10'000));
}

TEST_F(TrendCollecting, ANewServiceIsReadAsAWhole) {
  collect(now);
  world = test::make_calm_world(2);
  log.add("service-1", half - hours(3), 10);
  EXPECT_EQ(known_in(collect(now + minutes(30), "service-1")), 1U);
}

}  // namespace
}  // namespace allclear::api
