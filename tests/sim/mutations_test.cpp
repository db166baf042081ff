// The mistakes of other monitors, made on purpose: the simulation sees every one of them.
#include "tests/sim/mutations.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/simulation.h"

namespace allclear::sim {
namespace {

constexpr std::uint64_t first_seed = 20'000;
constexpr std::uint64_t most_seeds = 400;

class Mutations : public testing::TestWithParam<MutationCase> {};

TEST_P(Mutations, AreSeen) {
  const MutationCase& mistake = GetParam();
  const auto tells = [&](const std::string& finding) { return finding.find(mistake.seen_by) != std::string::npos; };
  Options options;
  options.mutation = mistake.mutation;
  for (std::uint64_t seed = first_seed; seed < first_seed + most_seeds; ++seed) {
    const Report report = Simulation(seed, options).run();
    if (std::any_of(report.violations.begin(), report.violations.end(), tells)) return;
  }
  ADD_FAILURE() << mistake.name << " survived " << most_seeds << " seeds: nothing said \"" << mistake.seen_by << '"';
}

std::string name_of(const testing::TestParamInfo<MutationCase>& info) { return std::string(info.param.name); }

INSTANTIATE_TEST_SUITE_P(All, Mutations, testing::ValuesIn(all_mutations().begin(), all_mutations().end()), name_of);

// What the table says of a mistake must come from it.
TEST(WithoutMutation, TheSameSeedsShowNothing) {
  for (std::uint64_t seed = first_seed; seed < first_seed + 10; ++seed) {
    const Report report = Simulation(seed).run();
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << ": " << report.violations.front();
  }
}

}  // namespace
}  // namespace allclear::sim
