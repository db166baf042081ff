// 1,000 seeds in the suite (fewer of each hundred where that takes long). A failure prints its seed; to see it alone, with
// ALLCLEAR_SIM_TRACE=1 all that happens:
//   ALLCLEAR_SIM_SEED=1234 build/ci/sim_tests --gtest_filter='*OneSeed*'
// The long form is simulate.cpp.
#include "tests/sim/simulation.h"

#include <cstdlib>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

namespace allclear::sim {
namespace {

#ifndef ALLCLEAR_SEEDS_OF_A_HUNDRED
#define ALLCLEAR_SEEDS_OF_A_HUNDRED 100
#endif

constexpr std::uint64_t seeds_per_case = ALLCLEAR_SEEDS_OF_A_HUNDRED;

std::uint64_t number_from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

std::string describe(std::uint64_t seed, const Report& report) {
  std::string text = "seed " + std::to_string(seed);
  for (const std::string& violation : report.violations) text += "\n  broken: " + violation;
  for (const std::string& line : report.last_lines) text += "\n  " + line;
  return text;
}

Report run_seed(std::uint64_t seed) {
  Simulation simulation(seed);
  return simulation.run();
}

class Seeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, KeepEveryPromise) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + seeds_per_case; ++seed) {
    const Report report = run_seed(seed);
    ASSERT_TRUE(report.violations.empty()) << describe(seed, report);
  }
}

INSTANTIATE_TEST_SUITE_P(Thousand, Seeds, testing::Range<std::uint64_t>(0, 1'000, 100));

TEST(Simulation, ASeedReplaysToAnEqualTrace) {
  for (const std::uint64_t seed : {7ULL, 77ULL, 777ULL}) {
    EXPECT_EQ(run_seed(seed).trace, run_seed(seed).trace);
    EXPECT_NE(run_seed(seed).trace, run_seed(seed + 1).trace);
  }
}

// Ten hours in which the last service that a group tells of stops flapping a minute before the group is looked for.
TEST(Simulation, AGroupMayWaitForItsNextWordBeforeItIsOver) {
  Options options;
  options.length = std::chrono::hours(10);
  const Report report = Simulation(5'114, options).run();
  EXPECT_TRUE(report.violations.empty()) << describe(5'114, report);
}

// A simulation in which nothing happens proves nothing.
TEST(Simulation, ExercisesWhatItIsThereFor) {
  constexpr std::uint64_t seeds = 20;
  Report sum;
  for (std::uint64_t seed = 5'000; seed < 5'000 + seeds; ++seed) {
    const Report report = run_seed(seed);
    sum.crashes += report.crashes;
    sum.alerts += report.alerts;
    sum.results += report.results;
    sum.conflicts += report.conflicts;
    sum.faults += report.faults;
    sum.missed += report.missed;
    sum.acknowledged += report.acknowledged;
    sum.uplink_outages += report.uplink_outages;
    sum.audit.incidents += report.audit.incidents;
    sum.audit.maintenances += report.audit.maintenances;
    sum.audit.held += report.audit.held;
    sum.audit.flapping += report.audit.flapping;
    sum.audit.reminders += report.audit.reminders;
    sum.audit.groups += report.audit.groups;
    sum.audit.blind += report.audit.blind;
    sum.deliveries.again += report.deliveries.again;
    sum.deliveries.dead += report.deliveries.dead;
    sum.deliveries.in_stead += report.deliveries.in_stead;
    sum.deliveries.replayed += report.deliveries.replayed;
    sum.deliveries.left_out += report.deliveries.left_out;
  }
  EXPECT_GT(sum.crashes, seeds);
  EXPECT_GT(sum.alerts, 10 * seeds);
  EXPECT_GT(sum.results, 250 * seeds);
  EXPECT_GT(sum.conflicts, seeds);
  EXPECT_GT(sum.faults, seeds);
  EXPECT_GT(sum.missed, seeds / 2);
  EXPECT_GT(sum.acknowledged, seeds);
  EXPECT_GT(sum.uplink_outages, seeds / 4);
  EXPECT_GT(sum.audit.incidents, 5 * seeds);
  EXPECT_GT(sum.audit.maintenances, 4 * seeds);
  EXPECT_GT(sum.audit.held, seeds);
  EXPECT_GT(sum.audit.flapping, 2U);
  EXPECT_GT(sum.audit.reminders, seeds);
  EXPECT_GT(sum.audit.groups, 1U);
  EXPECT_GT(sum.audit.blind, 2U);
  EXPECT_GT(sum.deliveries.again, seeds / 4);
  EXPECT_GT(sum.deliveries.dead, seeds / 4);
  EXPECT_GT(sum.deliveries.in_stead, 2U);
  EXPECT_GT(sum.deliveries.replayed, seeds / 4);
  EXPECT_GT(sum.deliveries.left_out, 2U);
}

TEST(Simulation, OneSeedFromTheEnvironment) {
  const std::uint64_t seed = number_from_environment("ALLCLEAR_SIM_SEED");
  Options options;
  if (number_from_environment("ALLCLEAR_SIM_TRACE") != 0)
    options.tell = [](const std::string& line) { std::cout << line << '\n'; };
  const Report report = Simulation(seed, options).run();
  EXPECT_TRUE(report.violations.empty()) << describe(seed, report);
}

}  // namespace
}  // namespace allclear::sim
