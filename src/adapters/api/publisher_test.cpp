#include "adapters/api/publisher.h"

#include <gtest/gtest.h>

namespace allclear::api {
namespace {

Instant at(milliseconds elapsed) { return {WallTime(milliseconds(1'000'000)) + elapsed, MonotonicTime(elapsed)}; }

TEST(Publisher, RendersAtOnceAndThenAtLeastEveryInterval) {
  Publisher publisher(seconds(30), 0);
  EXPECT_TRUE(publisher.should_render(at(seconds(0)).monotonic));
  publisher.begin(at(seconds(0)));
  EXPECT_FALSE(publisher.should_render(at(milliseconds(29'999)).monotonic));
  EXPECT_TRUE(publisher.should_render(at(seconds(30)).monotonic));
  EXPECT_EQ(publisher.next_look(at(seconds(5)).monotonic), at(seconds(30)).monotonic);
}

TEST(Publisher, RendersAChangeAtMostOnceASecond) {
  Publisher publisher(seconds(30), 0);
  publisher.begin(at(seconds(0)));
  publisher.note_change();
  EXPECT_FALSE(publisher.should_render(at(milliseconds(999)).monotonic));
  EXPECT_EQ(publisher.next_look(at(milliseconds(10)).monotonic), at(seconds(1)).monotonic);
  EXPECT_TRUE(publisher.should_render(at(seconds(1)).monotonic));
  publisher.begin(at(seconds(1)));
  EXPECT_FALSE(publisher.should_render(at(seconds(3)).monotonic));
  publisher.note_change();
  EXPECT_TRUE(publisher.should_render(at(seconds(3)).monotonic));
}

TEST(Publisher, ItsSequenceRisesThroughRestartsAndClockJumps) {
  Publisher publisher(seconds(30), 2'000'000);
  EXPECT_EQ(publisher.begin(at(seconds(0))), 2'000'001U);
  EXPECT_EQ(publisher.begin(at(seconds(1'200))), 2'200'000U);
  EXPECT_EQ(publisher.begin(at(seconds(0))), 2'200'001U);
}

}  // namespace
}  // namespace allclear::api
