// 1,000 seeds in the suite, a hundred a case. A failure prints its seed; to see it alone:
//   ALLCLEAR_SIM_SEED=1234 build/dev/sim_tests --gtest_filter='*OneSeed*'
// and to run many more: ALLCLEAR_SIM_SEEDS=100000 with --gtest_filter='*ManySeeds*'.
#include "tests/sim/simulation.h"

#include <cstdlib>
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

// A simulation in which nothing happens proves nothing.
TEST(Simulation, ExercisesWhatItIsThereFor) {
  constexpr std::uint64_t seeds = 10;
  Report sum;
  for (std::uint64_t seed = 5'000; seed < 5'000 + seeds; ++seed) {
    const Report report = run_seed(seed);
    sum.crashes += report.crashes;
    sum.incidents += report.incidents;
    sum.alerts += report.alerts;
    sum.maintenances += report.maintenances;
    sum.results += report.results;
    sum.conflicts += report.conflicts;
    sum.faults += report.faults;
  }
  EXPECT_GT(sum.crashes, seeds);
  EXPECT_GT(sum.incidents, 5 * seeds);
  EXPECT_GT(sum.alerts, 10 * seeds);
  EXPECT_GT(sum.maintenances, 5 * seeds);
  EXPECT_GT(sum.results, 250 * seeds);
  EXPECT_GT(sum.conflicts, seeds);
  EXPECT_GT(sum.faults, seeds);
}

TEST(Simulation, OneSeedFromTheEnvironment) {
  const std::uint64_t seed = number_from_environment("ALLCLEAR_SIM_SEED");
  const Report report = run_seed(seed);
  EXPECT_TRUE(report.violations.empty()) << describe(seed, report);
}

TEST(Simulation, ManySeedsFromTheEnvironment) {
  const std::uint64_t count = number_from_environment("ALLCLEAR_SIM_SEEDS");
  for (std::uint64_t seed = 10'000; seed < 10'000 + count; ++seed) {
    const Report report = run_seed(seed);
    ASSERT_TRUE(report.violations.empty()) << describe(seed, report);
  }
}

}  // namespace
}  // namespace allclear::sim
