#include "adapters/api/sparkline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::api {
namespace {

using testing::HasSubstr;

LatencyTrend trend_of(std::vector<int> milliseconds_or_gap) {
  LatencyTrend trend(trend_length);
  for (std::size_t i = 0; i < milliseconds_or_gap.size(); ++i) {
    if (milliseconds_or_gap[i] >= 0) trend[i] = microseconds(1'000 * milliseconds_or_gap[i]);
  }
  return trend;
}

std::string path_in(const std::string& svg) {
  const auto at = svg.find(" d=\"") + 4;
  return svg.substr(at, svg.find('"', at) - at);
}

TEST(Sparkline, BeginsAtZeroAndEndsAtTheHighest) {
  EXPECT_EQ(path_in(sparkline(trend_of({100, 50, 0, 100}))), "M0 1l2 9l2 9l2 -18");
  EXPECT_EQ(path_in(sparkline(trend_of({90, 100}))), "M0 3l2 -2") << "what differs little looks so";
}

TEST(Sparkline, AGapBreaksTheLine) {
  EXPECT_EQ(path_in(sparkline(trend_of({10, 10, -1, 10, 10}))), "M0 1l2 0M6 1l2 0");
}

TEST(Sparkline, DrawsNothingWithoutTwoNeighbours) {
  EXPECT_EQ(sparkline({}), "");
  EXPECT_EQ(sparkline(LatencyTrend(trend_length)), "");
  EXPECT_EQ(sparkline(trend_of({10})), "");
  EXPECT_EQ(sparkline(trend_of({10, -1, 10, -1, 20})), "");
  EXPECT_EQ(sparkline(trend_of({0, 0, 0})), "") << "no latency is known";
}

TEST(Sparkline, IsAsWideAsADayAndSaysNothingToAScreenReader) {
  const std::string svg = sparkline(trend_of(std::vector<int>(trend_length, 7)));
  EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 94 20\""));
  EXPECT_THAT(svg, HasSubstr("aria-hidden=\"true\""));
  std::size_t strokes = 0;
  for (const char c : path_in(svg)) strokes += c == 'l';
  EXPECT_EQ(strokes, trend_length - 1);
}

}  // namespace
}  // namespace allclear::api
