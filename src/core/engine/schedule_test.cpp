#include "core/engine/schedule.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/builders.h"

namespace allclear::schedule_test {
namespace {

using test::wall;

MonotonicTime at(std::int64_t ms) { return MonotonicTime(milliseconds(ms)); }

std::vector<Schedule::Firing> due(Schedule& schedule, std::int64_t now) {
  std::vector<Schedule::Firing> firings;
  schedule.take_due(at(now), firings);
  return firings;
}

TEST(Phase, R6_IsTheHashModuloTheIntervalAndSpreadsEvenly) {
  EXPECT_EQ(phase_of(123'456'789, milliseconds(1'000)), milliseconds(789));
  EXPECT_EQ(phase_of(5, milliseconds(0)), milliseconds(0));
  std::vector<int> tenths(10);
  for (int i = 0; i < 10'000; ++i) {
    const CheckKey key{ServiceId(fmt::format("service-{}", i)), CheckId("web"), local_location()};
    ++tenths[static_cast<std::size_t>(phase_of(identity_of(key), milliseconds(60'000)).count() / 6'000)];
  }
  EXPECT_LT(*std::max_element(tenths.begin(), tenths.end()), 1'150);
  EXPECT_GT(*std::min_element(tenths.begin(), tenths.end()), 850);
}

TEST(Phase, TellsChecksAndLocationsApart) {
  const CheckKey key{ServiceId("a"), CheckId("b"), LocationId("c")};
  EXPECT_EQ(identity_of(key), identity_of(key));
  EXPECT_NE(identity_of(key), identity_of({ServiceId("ab"), CheckId(""), LocationId("c")}));
  EXPECT_NE(identity_of(key), identity_of({ServiceId("a"), CheckId("b"), LocationId("d")}));
}

TEST(NextSlot, LiesOnTheGridOfTheWallClockAfterNow) {
  const WallTime epoch{};
  EXPECT_EQ(delay_to_next_slot(milliseconds(300), milliseconds(1'000), epoch), milliseconds(300));
  EXPECT_EQ(delay_to_next_slot(milliseconds(300), milliseconds(1'000), epoch + milliseconds(299)), milliseconds(1));
  EXPECT_EQ(delay_to_next_slot(milliseconds(300), milliseconds(1'000), epoch + milliseconds(300)), milliseconds(1'000));
  EXPECT_EQ(delay_to_next_slot(milliseconds(300), milliseconds(1'000), epoch - milliseconds(5)), milliseconds(305));
}

TEST(DueSince, AsksForASlotAfterTheLastStart) {
  const milliseconds phase(300);
  const milliseconds interval(1'000);
  EXPECT_TRUE(due_since(phase, interval, std::nullopt, wall(0)));
  EXPECT_TRUE(due_since(phase, interval, wall(1), wall(0))) << "a last start in the future counts as never";
  EXPECT_TRUE(due_since(phase, interval, wall(299), wall(300)));
  EXPECT_FALSE(due_since(phase, interval, wall(300), wall(1'299)));
  EXPECT_TRUE(due_since(phase, interval, wall(300), wall(1'300)));
  EXPECT_FALSE(due_since(phase, interval, wall(300), wall(300)));
}

TEST(Schedule, R6_FiresOnItsGridWithoutDrift) {
  Schedule schedule;
  schedule.put(0, at(100), milliseconds(1'000));
  for (std::int64_t slot = 100; slot < 1'000'000; slot += 1'000) {
    const std::int64_t late = slot % 7 * 30;  // served late again and again
    EXPECT_TRUE(due(schedule, slot - 1).empty());
    const auto firings = due(schedule, slot + late);
    ASSERT_EQ(firings.size(), 1U);
    EXPECT_EQ(firings[0].due, at(slot));
    EXPECT_EQ(firings[0].skipped, 0U);
    EXPECT_FALSE(firings[0].extra);
  }
}

TEST(Schedule, FiresInOrderOfTime) {
  Schedule schedule;
  for (SlotIndex slot = 0; slot < 50; ++slot) schedule.put(slot, at((slot * 37) % 50), milliseconds(1'000));
  const auto firings = due(schedule, 100);
  ASSERT_EQ(firings.size(), 50U);
  for (std::size_t i = 1; i < firings.size(); ++i) EXPECT_LE(firings[i - 1].due, firings[i].due);
  EXPECT_EQ(schedule.size(), 50U);
  EXPECT_EQ(schedule.next(), at(1'000));
}

TEST(Schedule, WholeIntervalsAreSkippedAndCounted) {
  Schedule schedule;
  schedule.put(0, at(100), milliseconds(1'000));
  const auto firings = due(schedule, 5'150);
  ASSERT_EQ(firings.size(), 1U);
  EXPECT_EQ(firings[0].due, at(5'100));
  EXPECT_EQ(firings[0].skipped, 5U);
  EXPECT_EQ(schedule.next(), at(6'100));
}

TEST(Schedule, AnExtraFiringLeavesTheGridAlone) {
  Schedule schedule;
  schedule.put(0, at(1'000), milliseconds(1'000));
  schedule.expedite(0, at(1'500));  // later than the next regular one: not wanted
  EXPECT_EQ(schedule.next(), at(1'000));
  schedule.expedite(0, at(300));
  schedule.expedite(0, at(400));
  const auto extra = due(schedule, 350);
  ASSERT_EQ(extra.size(), 1U);
  EXPECT_TRUE(extra[0].extra);
  EXPECT_EQ(extra[0].due, at(300));
  EXPECT_EQ(schedule.next(), at(1'000));
}

TEST(Schedule, ExtraAndRegularAtOnceAreOneFiring) {
  Schedule schedule;
  schedule.put(0, at(1'000), milliseconds(1'000));
  schedule.expedite(0, at(900));
  const auto firings = due(schedule, 1'100);
  ASSERT_EQ(firings.size(), 1U);
  EXPECT_EQ(firings[0].due, at(900));
  EXPECT_FALSE(firings[0].extra);
  EXPECT_EQ(schedule.next(), at(2'000));
}

TEST(Schedule, WithoutAGridOnlyExtraFirings) {
  Schedule schedule;
  schedule.expedite(3, at(10));
  EXPECT_EQ(schedule.size(), 1U);
  ASSERT_EQ(due(schedule, 10).size(), 1U);
  EXPECT_EQ(schedule.size(), 0U);
  EXPECT_EQ(schedule.next(), MonotonicTime::max());
}

TEST(Schedule, RemovesAndMoves) {
  Schedule schedule;
  for (SlotIndex slot = 0; slot < 10; ++slot) schedule.put(slot, at(100 + slot), milliseconds(1'000));
  schedule.expedite(4, at(50));
  const Schedule::Plan plan = schedule.plan(4);
  schedule.remove(4);
  schedule.remove(4);
  EXPECT_EQ(schedule.size(), 9U);
  EXPECT_EQ(schedule.next(), at(100));
  schedule.restore(77, plan);
  EXPECT_EQ(schedule.next(), at(50));
  EXPECT_EQ(schedule.plan(77).regular, at(104));
  EXPECT_EQ(schedule.plan(5'000).regular, MonotonicTime::max());
}

// What the heap must do, by looking at everything.
struct ObviousSchedule {
  struct Plan {
    std::int64_t regular;
    std::int64_t interval;
    std::int64_t extra;
  };
  static constexpr std::int64_t never = INT64_MAX;
  std::map<SlotIndex, Plan> plans;

  std::vector<std::pair<std::int64_t, SlotIndex>> due(std::int64_t now) {
    std::vector<std::pair<std::int64_t, SlotIndex>> fired;
    for (auto& [slot, plan] : plans) {
      std::int64_t when = plan.extra <= now ? plan.extra : never;
      if (plan.regular <= now) {
        while (plan.regular + plan.interval <= now) plan.regular += plan.interval;
        when = std::min(when, plan.regular);
        plan.regular += plan.interval;
      }
      if (when == never) continue;
      plan.extra = never;
      fired.emplace_back(when, slot);
    }
    std::sort(fired.begin(), fired.end());
    return fired;
  }
};

RC_GTEST_PROP(ScheduleProperties, AgreesWithTheObviousOne, ()) {
  Schedule schedule;
  ObviousSchedule obvious;
  std::int64_t now = 0;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, SlotIndex, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 6), rc::gen::inRange<SlotIndex>(0, 12), rc::gen::inRange(1, 400)));
  for (const auto& [kind, slot, amount] : steps) {
    if (kind == 0) {
      schedule.put(slot, at(now + amount), milliseconds(amount));
      obvious.plans[slot] = {now + amount, amount, ObviousSchedule::never};
    } else if (kind == 1) {
      schedule.remove(slot);
      obvious.plans.erase(slot);
    } else if (kind == 2 && obvious.plans.contains(slot)) {
      schedule.expedite(slot, at(now + amount));
      auto& plan = obvious.plans[slot];
      if (now + amount < std::min(plan.regular, plan.extra)) plan.extra = now + amount;
    } else {
      now += amount;
      std::vector<std::pair<std::int64_t, SlotIndex>> fired;
      for (const auto& firing : due(schedule, now)) {
        fired.emplace_back(std::chrono::duration_cast<milliseconds>(firing.due.time_since_epoch()).count(),
                           firing.slot);
      }
      RC_ASSERT(fired == obvious.due(now));
    }
    RC_ASSERT(schedule.size() == obvious.plans.size());
  }
}

}  // namespace
}  // namespace allclear::schedule_test
