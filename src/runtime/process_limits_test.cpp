#include "runtime/process_limits.h"

#include <gtest/gtest.h>

namespace allclear::runtime {
namespace {

TEST(ProcessLimits, R13_LoopsFitTheDescriptorsOfAMachineWithManyCores) {
  EXPECT_EQ(probe_loops_for(2, fewest_descriptors), 2U);
  EXPECT_EQ(probe_loops_for(64, fewest_descriptors), 2U);
  EXPECT_EQ(probe_loops_for(64, 65'536), 64U);
  EXPECT_EQ(probe_loops_for(0, 65'536), 1U) << "cores that nobody knows";
}

TEST(ProcessLimits, R13_ProbesFitTheDescriptors) {
  EXPECT_EQ(probes_for(fewest_descriptors), 10U);
  EXPECT_EQ(probes_for(0), 4U);
  EXPECT_EQ(probes_for(65'536), 2'000U);
}

}  // namespace
}  // namespace allclear::runtime
