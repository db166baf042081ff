#include "adapters/store/codec/timeline.h"

#include <gtest/gtest.h>

namespace allclear::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

WallTime at(int hour) { return WallTime(hours(490'000 + hour)); }

std::vector<std::pair<WallTime, ShownState>> pairs(const Timeline& timeline) {
  std::vector<std::pair<WallTime, ShownState>> result;
  for (const StateInterval& interval : timeline) result.emplace_back(interval.from, interval.state);
  return result;
}
using Pairs = std::vector<std::pair<WallTime, ShownState>>;

TEST(Timeline, BackDatingTakesBackWhatWasSaidOfThatTime) {
  Timeline timeline;
  enter_state(timeline, at(0), ShownState::up);
  enter_state(timeline, at(5), ShownState::degraded);
  enter_state(timeline, at(4), ShownState::down);
  EXPECT_EQ(pairs(timeline), (Pairs{{at(0), ShownState::up}, {at(4), ShownState::down}}));
}

TEST(Timeline, TheSameStateAgainIsNoNewInterval) {
  Timeline timeline;
  enter_state(timeline, at(0), ShownState::unknown);
  EXPECT_TRUE(timeline.empty());
  enter_state(timeline, at(1), ShownState::up);
  enter_state(timeline, at(2), ShownState::up);
  EXPECT_EQ(pairs(timeline), (Pairs{{at(1), ShownState::up}}));
}

TEST(Absences, AreUnknownAndTheStateGoesOnAfterThem) {
  const Timeline timeline{{at(0), ShownState::up}, {at(6), ShownState::down}};
  const std::vector<Absence> absences{{at(2), at(4)}};
  EXPECT_EQ(
      pairs(with_absences(timeline, absences, minutes(5))),
      (Pairs{
          {at(0), ShownState::up}, {at(2), ShownState::unknown}, {at(4), ShownState::up}, {at(6), ShownState::down}}));
}

TEST(Absences, AChangeWithinOneCountsFromItsEnd) {
  const Timeline timeline{{at(0), ShownState::up}, {at(3), ShownState::down}};
  const std::vector<Absence> absences{{at(2), at(4)}};
  EXPECT_EQ(pairs(with_absences(timeline, absences, minutes(5))),
            (Pairs{{at(0), ShownState::up}, {at(2), ShownState::unknown}, {at(4), ShownState::down}}));
}

TEST(Absences, NoLongerThanThePatienceChangeNothing) {
  const Timeline timeline{{at(0), ShownState::up}};
  const std::vector<Absence> absences{{at(2), at(4)}};
  EXPECT_EQ(pairs(with_absences(timeline, absences, hours(2))), pairs(timeline));
  EXPECT_TRUE(with_absences({}, absences, minutes(5)).empty());
}

TEST(Patience, IsTwiceTheLongestIntervalAndNeverUnderFiveMinutes) {
  Service service;
  EXPECT_EQ(patience_of(service), minutes(5));
  for (const milliseconds interval : {milliseconds(minutes(1)), milliseconds(hours(3))}) {
    auto check = std::make_shared<Check>();
    check->interval = interval;
    service.checks.push_back(check);
  }
  EXPECT_EQ(patience_of(service), hours(6));
}

}  // namespace
}  // namespace allclear::store
