#include "core/rules/uptime.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/builders.h"

namespace allclear {
namespace {

using enum ShownState;
using test::wall_s;

milliseconds sum_of(const StateTimes& times) {
  return times.up + times.degraded + times.down + times.maintenance + times.unknown;
}

TEST(AddTime, EveryStateHasItsSum) {
  StateTimes times;
  add_time(times, up, seconds(1));
  add_time(times, degraded, seconds(2));
  add_time(times, down, seconds(3));
  add_time(times, down, seconds(2));
  add_time(times, maintenance, seconds(4));
  add_time(times, unknown, seconds(5));
  add_time(times, up, seconds(-9));
  EXPECT_EQ(times, (StateTimes{seconds(1), seconds(2), seconds(5), seconds(4), seconds(5), seconds(3)}));
}

TEST(TimesWithin, ClipsToTheWindowAndToNow) {
  const std::vector<StateInterval> intervals{{wall_s(0), up}, {wall_s(100), down}, {wall_s(160), up}};
  const StateTimes all = times_within(intervals, wall_s(0), wall_s(1'000), wall_s(200));
  EXPECT_EQ(all.up, seconds(140));
  EXPECT_EQ(all.down, seconds(60));
  const StateTimes part = times_within(intervals, wall_s(120), wall_s(170), wall_s(1'000));
  EXPECT_EQ(part.down, seconds(40));
  EXPECT_EQ(part.longest_down, seconds(40));
  EXPECT_EQ(part.up, seconds(10));
  EXPECT_EQ(times_within(intervals, wall_s(500), wall_s(600), wall_s(300)), StateTimes{});
  EXPECT_EQ(times_within({}, wall_s(0), wall_s(10), wall_s(10)), StateTimes{});
}

TEST(TimesWithin, NeighboursThatAreDownAreOneOutage) {
  const std::vector<StateInterval> intervals{
      {wall_s(0), down}, {wall_s(30), down}, {wall_s(50), up}, {wall_s(60), down}};
  const StateTimes times = times_within(intervals, wall_s(0), wall_s(70), wall_s(70));
  EXPECT_EQ(times.down, seconds(60));
  EXPECT_EQ(times.longest_down, seconds(50));
}

TEST(UptimeRatio, LeavesOutWhatIsNotKnown) {
  EXPECT_FALSE(uptime_ratio({}).has_value());
  EXPECT_FALSE(uptime_ratio({{}, {}, {}, seconds(5), seconds(5), {}}).has_value());
  EXPECT_DOUBLE_EQ(*uptime_ratio({seconds(50), seconds(40), seconds(10), seconds(900), seconds(900), {}}), 0.9);
  EXPECT_DOUBLE_EQ(*uptime_ratio({{}, {}, seconds(10), {}, {}, {}}), 0.0);
}

TEST(TruncatePercent, IsNeverRoundedUp) {
  EXPECT_EQ(truncate_percent(1.0), "100.00");
  EXPECT_EQ(truncate_percent(0.999999), "99.99");
  EXPECT_EQ(truncate_percent(0.99999999999999), "99.99");
  EXPECT_EQ(truncate_percent(0.9993), "99.93");
  EXPECT_EQ(truncate_percent(0.99939), "99.93");
  EXPECT_EQ(truncate_percent(0.0), "0.00");
  EXPECT_EQ(truncate_percent(0.05), "5.00");
  EXPECT_EQ(truncate_percent(-1.0), "0.00");
}

TEST(DayState, OfEveryKindOfDay) {
  const milliseconds day = std::chrono::hours(24);
  const milliseconds outage = std::chrono::minutes(5);
  const auto hours = [](int count) { return milliseconds(std::chrono::hours(count)); };
  EXPECT_EQ(day_state({hours(24), {}, {}, {}, {}, {}}, day, outage), up);
  EXPECT_EQ(day_state({}, day, outage), unknown);
  EXPECT_EQ(day_state({}, milliseconds(0), outage), unknown);
  EXPECT_EQ(day_state({hours(11), {}, {}, {}, hours(13), {}}, day, outage), unknown);
  EXPECT_EQ(day_state({hours(12), {}, {}, {}, hours(12), {}}, day, outage), up);
  EXPECT_EQ(day_state({hours(23), {}, outage, {}, {}, outage}, day, outage), down);
  EXPECT_EQ(day_state({hours(23), {}, outage, {}, {}, outage - seconds(1)}, day, outage), degraded);
  EXPECT_EQ(day_state({hours(23), hours(1), {}, {}, {}, {}}, day, outage), degraded);
  EXPECT_EQ(day_state({{}, {}, {}, hours(24), {}, {}}, day, outage), maintenance);
  EXPECT_EQ(day_state({hours(1), {}, {}, hours(23), {}, {}}, day, outage), up);
  EXPECT_EQ(day_state({{}, {}, hours(1), {}, {}, hours(1)}, hours(1), milliseconds(0)), down);
}

rc::Gen<std::vector<StateInterval>> any_intervals() {
  const auto steps = rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 500), rc::gen::inRange(0, 5)));
  return rc::gen::map(steps, [](const std::vector<std::pair<int, int>>& pairs) {
    std::vector<StateInterval> intervals;
    std::int64_t at = 0;
    for (const auto& [step, state] : pairs) {
      at += step;
      intervals.push_back({wall_s(at), static_cast<ShownState>(state)});
    }
    return intervals;
  });
}

RC_GTEST_PROP(UptimeProperties, EveryMomentIsCountedOnce, ()) {
  const auto intervals = *any_intervals();
  const auto from = *rc::gen::inRange(0, 2'000);
  const auto length = *rc::gen::inRange(0, 2'000);
  const auto now = *rc::gen::inRange(0, 4'000);
  const StateTimes times = times_within(intervals, wall_s(from), wall_s(from + length), wall_s(now));
  const WallTime begin = intervals.empty() ? wall_s(now) : std::max(wall_s(from), intervals.front().from);
  const WallTime end = std::min(wall_s(from + length), wall_s(now));
  RC_ASSERT(sum_of(times) == std::max(end - begin, milliseconds(0)));
  RC_ASSERT(times.longest_down <= times.down);
}

RC_GTEST_PROP(UptimeProperties, TwoHalvesMakeTheWhole, ()) {
  const auto intervals = *any_intervals();
  const auto middle = *rc::gen::inRange(0, 3'000);
  const auto now = wall_s(4'000);
  const StateTimes first = times_within(intervals, wall_s(0), wall_s(middle), now);
  const StateTimes second = times_within(intervals, wall_s(middle), now, now);
  const StateTimes whole = times_within(intervals, wall_s(0), now, now);
  RC_ASSERT(first.up + second.up == whole.up);
  RC_ASSERT(first.down + second.down == whole.down);
  RC_ASSERT(first.unknown + second.unknown == whole.unknown);
}

}  // namespace
}  // namespace allclear
