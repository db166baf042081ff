#include "core/rules/rollup.h"

#include <vector>

#include <gtest/gtest.h>

namespace allclear {
namespace {

using enum ShownState;

struct Banner {
  std::vector<ShownState> states;
  Indicator indicator;
  const char* code;
  const char* description;
};

TEST(RollUp, TheBannerOfEveryMixture) {
  const Banner banners[] = {
      {{}, Indicator::unknown, "unknown", "No data"},
      {{unknown, unknown}, Indicator::unknown, "unknown", "No data"},
      {{up, up}, Indicator::none, "none", "All systems operational"},
      {{up, unknown}, Indicator::none, "none", "All systems operational"},
      {{up, maintenance}, Indicator::maintenance, "maintenance", "Under maintenance"},
      {{maintenance}, Indicator::maintenance, "maintenance", "Under maintenance"},
      {{degraded, maintenance}, Indicator::minor, "minor", "Degraded performance"},
      {{up, down, degraded}, Indicator::major, "major", "Partial outage"},
      {{down, maintenance}, Indicator::major, "major", "Partial outage"},
      {{down, down}, Indicator::critical, "critical", "Major outage"},
      {{down, unknown}, Indicator::critical, "critical", "Major outage"},
  };
  for (const Banner& banner : banners) {
    const Rollup rollup = roll_up(banner.states);
    EXPECT_EQ(rollup.indicator, banner.indicator) << banner.description;
    EXPECT_EQ(to_string(rollup.indicator), banner.code);
    EXPECT_EQ(rollup.description, banner.description);
  }
}

TEST(RollUp, AnOpenIncidentOfAPersonIsTheLeastThatTheBannerSays) {
  const auto banner = [](std::vector<ShownState> states, Severity said) { return roll_up(states, said); };
  EXPECT_EQ(banner({up, up}, Severity::minor).description, "Degraded performance");
  EXPECT_EQ(banner({up, up}, Severity::major).description, "Partial outage");
  EXPECT_EQ(banner({up, up}, Severity::critical).description, "Major outage");
  EXPECT_EQ(banner({up, degraded}, Severity::major).indicator, Indicator::major);
  EXPECT_EQ(banner({up, down}, Severity::minor).indicator, Indicator::major) << "checks see worse";
  EXPECT_EQ(banner({down, down}, Severity::major).indicator, Indicator::critical);
  EXPECT_EQ(banner({up, maintenance}, Severity::minor).indicator, Indicator::minor);
  EXPECT_EQ(banner({unknown}, Severity::major).indicator, Indicator::major) << "somebody knows";
  EXPECT_EQ(banner({up, up}, Severity::critical).counts.up, 2);
  EXPECT_EQ(banner({up, up}, Severity::critical).counts.down, 0);
}

TEST(RollUp, CountsEveryState) {
  const std::vector<ShownState> states{up, up, degraded, down, maintenance, unknown, unknown, unknown};
  const StateCounts counts = roll_up(states).counts;
  EXPECT_EQ(counts.up, 2);
  EXPECT_EQ(counts.degraded, 1);
  EXPECT_EQ(counts.down, 1);
  EXPECT_EQ(counts.maintenance, 1);
  EXPECT_EQ(counts.unknown, 3);
}

}  // namespace
}  // namespace allclear
