// Series for charts: the same answers from every store.
#include <gtest/gtest.h>

#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract {
namespace {

class SeriesContract : public StoreContract {
 protected:
  void say(WallTime at, int latency_ms, Verdict verdict = Verdict::up, const CheckKey& key = key_of("website"),
           PhaseTimings phases = {}) {
    CheckResult result = result_at(at, verdict, milliseconds(latency_ms));
    result.timings = phases;
    commit_all(log(), {quiet(key, result)});
  }
  std::vector<Series> series(SeriesSource source, WallTime from, std::size_t count, milliseconds step = minutes(1),
                             const char* service = "website") {
    const auto found = queries().series({ServiceId(service), source, from, step, count});
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::vector<Series>{});
  }
};
ALLCLEAR_OVER_ALL_STORES(SeriesContract);

TEST_P(SeriesContract, OfNothingThereIsNothing) {
  for (const SeriesSource source : {SeriesSource::results, SeriesSource::hours, SeriesSource::days})
    EXPECT_TRUE(series(source, start_time() - hours(10), 10).empty());
}

TEST_P(SeriesContract, ResultsFallIntoTheirSteps) {
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website", "other"}), start_time()));
  for (int i = 1; i <= 100; ++i) say(start_time() + milliseconds(i), i);
  say(start_time() + minutes(1) - milliseconds(1), 1, Verdict::down);
  say(start_time() + minutes(2), 700, Verdict::degraded);
  say(start_time() + minutes(3), 5, Verdict::unknown);
  say(start_time() - milliseconds(1), 5);
  say(start_time() + minutes(5), 5);
  say(start_time() + minutes(1), 5, Verdict::up, key_of("other"));
  for (int round = 0; round < 2; ++round) {
    const auto found = series(SeriesSource::results, start_time(), 5);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].key, key_of("website"));
    const auto& steps = found[0].steps;
    ASSERT_EQ(steps.size(), 5U);
    EXPECT_EQ(steps[0], (SeriesStep{101, 1, milliseconds(50), milliseconds(95), milliseconds(99), {}}));
    EXPECT_EQ(steps[1], SeriesStep{}) << "a gap";
    EXPECT_EQ(steps[2], (SeriesStep{1, 0, milliseconds(700), milliseconds(700), milliseconds(700), {}}));
    EXPECT_EQ(steps[3], SeriesStep{}) << "unknown says nothing";
    EXPECT_EQ(steps[4], SeriesStep{});
    restart();
    ASSERT_TRUE(log().upkeep(start_time() + hours(2))) << "packed by then";
  }
}

TEST_P(SeriesContract, ChecksAreApartAndPhasesAreMeans) {
  const CheckKey one = key_of("website", "a"), two = key_of("website", "b");
  PhaseTimings first;
  first.dns = milliseconds(2);
  first.first_byte = milliseconds(10);
  PhaseTimings kept_alive;
  kept_alive.first_byte = milliseconds(30);
  say(start_time(), 12, Verdict::up, one, first);
  say(start_time() + seconds(1), 30, Verdict::up, one, kept_alive);
  say(start_time() + seconds(2), 900, Verdict::down, one, first);
  say(start_time() + seconds(3), 5, Verdict::up, two);
  const auto found = series(SeriesSource::results, start_time(), 1);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, one);
  EXPECT_EQ(found[0].steps[0].count, 3U);
  EXPECT_EQ(found[0].steps[0].phases.dns, milliseconds(1)) << "one needed none";
  EXPECT_EQ(found[0].steps[0].phases.first_byte, milliseconds(20));
  EXPECT_EQ(found[0].steps[0].phases.tls, std::nullopt);
  EXPECT_EQ(found[1].key, two);
  EXPECT_EQ(found[1].steps[0].phases, PhaseTimings{});
}

TEST_P(SeriesContract, HoursAndDaysAreOfTheWholeServiceAndTheirPercentilesOfMergedHistograms) {
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), start_time()));
  const WallTime tomorrow = WallTime(day_of(start_time()) + std::chrono::days(1));
  for (int i = 0; i < 99; ++i)
    say(start_time() + seconds(i), 100, Verdict::up, key_of("website", i % 2 == 0 ? "a" : "b"));
  say(start_time() + seconds(99), 4'000);
  say(start_time() + seconds(100), 1, Verdict::down);
  say(start_time() + hours(2), 200);
  ASSERT_TRUE(log().upkeep(start_time() + hours(2)));
  say(tomorrow, 300);
  ASSERT_TRUE(log().upkeep(tomorrow + minutes(2)));
  restart();
  const auto hourly = series(SeriesSource::hours, start_time(), 3);
  ASSERT_EQ(hourly.size(), 1U);
  EXPECT_EQ(hourly[0].key, std::nullopt);
  const auto& steps = hourly[0].steps;
  EXPECT_EQ(steps[0].count, 101U);
  EXPECT_EQ(steps[0].failed, 1U);
  EXPECT_NEAR(to_milliseconds(*steps[0].p50), 100, 3.3);
  EXPECT_NEAR(to_milliseconds(*steps[0].p99), 100, 3.3);
  EXPECT_EQ(steps[1], SeriesStep{}) << "a gap";
  EXPECT_NEAR(to_milliseconds(*steps[2].p50), 200, 6.6);
  const auto daily = series(SeriesSource::days, WallTime(day_of(start_time())), 2);
  ASSERT_EQ(daily.size(), 1U);
  EXPECT_EQ(daily[0].steps[0].count, 102U);
  EXPECT_EQ(daily[0].steps[0].failed, 1U);
  EXPECT_NEAR(to_milliseconds(*daily[0].steps[0].p50), 100, 3.3);
  EXPECT_NEAR(to_milliseconds(*daily[0].steps[1].p50), 300, 10);
}

TEST_P(SeriesContract, WhatIsNoSeriesIsRefused) {
  const WallTime at = start_time();
  for (const SeriesQuery& query : {SeriesQuery{ServiceId("website"), SeriesSource::results, at, minutes(1), 0},
                                   {ServiceId("website"), SeriesSource::results, at, minutes(1), 1001},
                                   {ServiceId("website"), SeriesSource::results, at, milliseconds(0), 10},
                                   {ServiceId("website"), SeriesSource::results, at + seconds(1), minutes(1), 10},
                                   {ServiceId("website"), SeriesSource::days, at, minutes(1), 10}})
    EXPECT_FALSE(queries().series(query));
}

}  // namespace
}  // namespace allclear::contract
