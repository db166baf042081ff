#include "runtime/lateness.h"

#include <gtest/gtest.h>

namespace allclear::runtime {
namespace {

using namespace std::chrono_literals;

TEST(LatenessMeter, IsZeroWithoutStarts) {
  const LatenessMeter meter;
  EXPECT_EQ(meter.quantile(0.99), 0us);
  EXPECT_EQ(meter.maximum(), 0us);
}

TEST(LatenessMeter, QuantilesAreWithinTheDocumentedError) {
  LatenessMeter meter;
  for (int i = 1; i <= 10'000; ++i) meter.add(microseconds(i), MonotonicTime(1s));
  EXPECT_NEAR(static_cast<double>(meter.quantile(0.5).count()), 5'000, 625);
  EXPECT_NEAR(static_cast<double>(meter.quantile(0.99).count()), 9'900, 1'238);
  EXPECT_EQ(meter.maximum(), 10'000us);
  EXPECT_LE(meter.quantile(1.0), meter.maximum());
}

TEST(LatenessMeter, ForgetsAfterTwoMinutes) {
  LatenessMeter meter;
  meter.add(1h, MonotonicTime(60s));
  meter.add(1ms, MonotonicTime(125s));
  EXPECT_EQ(meter.maximum(), 1h);
  meter.add(1ms, MonotonicTime(190s));
  EXPECT_EQ(meter.maximum(), 1ms);
}

TEST(LatenessMeter, EarlyAndHugeValuesStayInsideTheBuckets) {
  LatenessMeter meter;
  meter.add(-5ms, MonotonicTime(60s));
  EXPECT_EQ(meter.quantile(0.5), 0us);
  meter.add(std::chrono::hours(24 * 3650), MonotonicTime(61s));
  EXPECT_GT(meter.quantile(1.0), 1h);
}

}  // namespace
}  // namespace allclear::runtime
