// R6 and R7 over whole engines of 10,000 checks: no herd at the start, phases that survive, no drift.
#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/engine/early_start.h"
#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using test::all_up;
using test::EngineDriver;
using test::make_check;
using test::make_service;

std::shared_ptr<const Catalogue> many(int count, const std::vector<seconds>& intervals) {
  std::vector<Service> services;
  for (int i = 0; i < count; ++i) {
    const std::string id = fmt::format("service-{}", i);
    Check check = make_check(id, id);
    check.interval = intervals[static_cast<std::size_t>(i) % intervals.size()];
    services.push_back(make_service(id, {check}));
  }
  return test::make_catalogue(std::move(services));
}

// Starts per second; every probe answers up at once.
std::vector<int> starts_per_second(EngineDriver& driver, int length) {
  std::vector<int> buckets(static_cast<std::size_t>(length));
  for (int& bucket : buckets) {
    driver.run(seconds(1));
    for (const StartProbe& probe : driver.take_probes()) {
      ++bucket;
      driver.observe(probe.key, Verdict::up);
    }
    driver.confirm_all();
  }
  return buckets;
}

void expect_no_herd(const std::vector<int>& buckets, const char* what) {
  double sum = 0;
  for (const int bucket : buckets) sum += bucket;
  const double mean = sum / static_cast<double>(buckets.size());
  EXPECT_LE(*std::max_element(buckets.begin(), buckets.end()), 2 * mean) << what;
}

TEST(Start, R7_NoHerdWhenTenThousandNewChecksStart) {
  EngineDriver driver({20'000, 0});
  driver.start(many(10'000, {seconds(60)}));
  expect_no_herd(starts_per_second(driver, 60), "first minute");
  expect_no_herd(starts_per_second(driver, 60), "second minute");
}

TEST(Start, R7_NoHerdWithMixedIntervals) {
  EngineDriver driver({20'000, 0});
  driver.start(many(10'000, {seconds(10), seconds(60), seconds(300)}));
  expect_no_herd(starts_per_second(driver, 60), "first minute");
  expect_no_herd(starts_per_second(driver, 300), "five minutes");
}

TEST(Start, R7_NoHerdAfterARestart) {
  const auto catalogue = many(10'000, {seconds(60)});
  EngineDriver driver({20'000, 0});
  driver.start(catalogue, all_up(*catalogue));
  expect_no_herd(starts_per_second(driver, 60), "first minute");
}

TEST(Start, R7_ThePhaseSurvivesARestart) {
  const auto catalogue = many(200, {seconds(60)});
  const auto phases = [&](milliseconds started_later) {
    EngineDriver driver;
    driver.pass(started_later);
    driver.start(catalogue, all_up(*catalogue));
    std::map<std::string, std::int64_t> found;
    for (int i = 0; i < 60'000; ++i) {
      driver.run(milliseconds(1));
      for (const StartProbe& probe : driver.take_probes()) {
        found[probe.key.service.value()] = driver.now().wall.time_since_epoch().count() % 60'000;
      }
    }
    return found;
  };
  const auto first = phases(milliseconds(0));
  EXPECT_EQ(first.size(), 200U);
  EXPECT_EQ(first, phases(milliseconds(12'345)));
}

TEST(Start, ANewcomerIsSeenWithinTenSeconds) {
  EngineDriver driver;
  driver.start(many(20, {seconds(3'600)}));
  driver.run(early_start_worth);
  EXPECT_EQ(driver.take_probes().size(), 20U);
}

TEST(Schedule, R6_TheGridDoesNotDriftOverADay) {
  const auto catalogue = many(10, {seconds(60)});
  EngineDriver driver;
  driver.start(catalogue, all_up(*catalogue));
  std::map<std::string, std::vector<std::int64_t>> regular;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    driver.run(seconds(60));
    for (const StartProbe& probe : driver.take_probes()) {
      const auto due = std::chrono::duration_cast<milliseconds>(probe.due.time_since_epoch()).count();
      if (!probe.quick_retry) regular[probe.key.service.value()].push_back(due % 60'000);
      driver.observe(probe.key, Verdict::up);
    }
    driver.confirm_all();
  }
  for (const auto& [service, phases] : regular) {
    EXPECT_EQ(phases.size(), 1'440U) << service;
    EXPECT_EQ(std::count(phases.begin(), phases.end(), phases.front()), 1'440) << service;
  }
  EXPECT_EQ(driver.counters().skipped_suspend, 0U);
}

TEST(EarlyStart, IsSpreadAtAFractionOfTheGridsOwnRate) {
  EXPECT_EQ(early_window(1, 0.1), milliseconds(10'000));
  EXPECT_EQ(early_window(100, 1), milliseconds(10'000));
  EXPECT_EQ(early_window(1'000, 1), milliseconds(100'000));
  EXPECT_EQ(early_window(10'000, 1'000), milliseconds(20'000));
  EXPECT_EQ(early_offset(42, milliseconds(0)), milliseconds(0));
  for (std::uint64_t hash = 0; hash < 1'000; ++hash)
    EXPECT_LT(early_offset(hash, milliseconds(100)), milliseconds(100));
}

}  // namespace
}  // namespace allclear
