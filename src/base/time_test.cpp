#include "base/time.h"

#include <gtest/gtest.h>

namespace allclear {
namespace {

using namespace std::chrono_literals;

TEST(Rfc3339, RoundTrips) {
  for (const char* text : {"2026-11-20T08:40:00Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.007Z", "1969-12-31T23:59:59.500Z"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(format_rfc3339(*time), text);
  }
}

TEST(Rfc3339, UnderstandsOffsetsAndLongFractions) {
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-11-20T10:40:00.123456789+02:00")), "2026-11-20T08:40:00.123Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-11-20T00:10:00-00:30")), "2026-11-20T00:40:00Z");
}

TEST(Rfc3339, RefusesWhatIsNotATime) {
  for (const char* text : {"", "2026-11-20", "2026-11-20T08:40:00", "2026-13-20T08:40:00Z", "2026-02-30T08:40:00Z", "2026-11-20T25:00:00Z",
                           "2026-11-20T08:40:00+1", "2026-11-20 08:40:00Z", "2026-11-20T08:40:00.Zx"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Duration, ParsesUnitsAndSums) {
  EXPECT_EQ(*parse_duration("100ms"), 100ms);
  EXPECT_EQ(*parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(*parse_duration("1h30m"), 90min);
  EXPECT_EQ(*parse_duration("14d"), 14 * 24h);
  EXPECT_EQ(*parse_duration("1w"), 7 * 24h);
}

TEST(Duration, RefusesWhatIsNotADuration) {
  for (const char* text : {"", "10", "s", "-5s", "5 s", "5x", "1e400s", "nan s", "99999999999w"}) EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, FormatsTheShortestFormThatParsesBack) {
  for (const milliseconds value : {milliseconds(0), milliseconds(1), milliseconds(1500), milliseconds(90'000), milliseconds(90'061'001)}) {
    EXPECT_EQ(*parse_duration(format_duration(value)), value);
  }
  EXPECT_EQ(format_duration(90s), "1m30s");
}

TEST(Duration, IsDescribedForPeople) {
  EXPECT_EQ(describe_duration(-5s), "0 s");
  EXPECT_EQ(describe_duration(59s), "59 s");
  EXPECT_EQ(describe_duration(125s), "2 min 5 s");
  EXPECT_EQ(describe_duration(18min + 40s), "18 min");
  EXPECT_EQ(describe_duration(2h + 5min), "2 h 5 min");
  EXPECT_EQ(describe_duration(76h), "3 d 4 h");
}

}  // namespace
}  // namespace allclear
