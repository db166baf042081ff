#include <gtest/gtest.h>

#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract {
namespace {

class DaysContract : public StoreContract {
 protected:
  // Lets the monitor run: upkeep in (from, to], at distances that are no absence yet.
  void run(WallTime from, WallTime to, milliseconds step = minutes(5)) {
    for (WallTime at = from; at < to;) {
      at = std::min(at + step, to);
      ASSERT_TRUE(log().upkeep(at));
    }
  }
  ServiceDays days_of(const std::string& service, WallTime now) {
    const auto all = queries().days(day_of(now) - std::chrono::days(89), now, every_service);
    EXPECT_TRUE(all);
    for (const ServiceDays& days : all.value_or(std::vector<ServiceDays>{})) {
      if (days.service == ServiceId(service)) return days;
    }
    return {};
  }
  void begin(const std::string& service, milliseconds interval = minutes(1)) {
    ASSERT_TRUE(log().put_catalogue(catalogue_of({service}, interval), start_time()));
    commit_all(log(), {change(key_of(service), result_at(start_time()), Verdict::unknown, start_time())});
  }
  Decision turn(const std::string& service, WallTime at, Verdict from, Verdict to) {
    return change(key_of(service), result_at(at, to), from, at);
  }
};
ALLCLEAR_OVER_ALL_STORES(DaysContract);

TEST_P(DaysContract, UntilTheFirstResultNothingIsKnown) {
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), start_time()));
  const ServiceDays days = days_of("website", start_time() + minutes(1));
  EXPECT_TRUE(days.days.empty());
  EXPECT_EQ(days.uptime.day, std::nullopt);
  EXPECT_EQ(days.uptime.quarter, std::nullopt);
}

TEST_P(DaysContract, TodayIsRightToTheMillisecondWithoutAnyUpkeep) {
  begin("website");
  commit_all(log(), {turn("website", start_time() + minutes(3), Verdict::up, Verdict::down)});
  const WallTime now = start_time() + minutes(4) + milliseconds(7);
  const ServiceDays days = days_of("website", now);
  ASSERT_EQ(days.days.size(), 1u);
  EXPECT_EQ(days.days[0].times.up, minutes(3));
  EXPECT_EQ(days.days[0].times.down, minutes(1) + milliseconds(7));
  EXPECT_EQ(days.days[0].times.longest_down, minutes(1) + milliseconds(7));
  ASSERT_TRUE(days.uptime.day);
  EXPECT_NEAR(*days.uptime.day, 180'000.0 / 240'007.0, 1e-9);
  EXPECT_EQ(days.uptime.day, days.uptime.quarter);
}

TEST_P(DaysContract, MaintenanceIsKeptAndLeavesTheUptime) {
  begin("website");
  const auto turn_to = [&](WallTime at, Verdict from, Verdict to, bool maintenance) {
    Decision decision = turn("website", at, from, to);
    decision.transition->maintenance = maintenance;
    decision.service_state->maintenance = maintenance;
    commit_all(log(), {decision});
    return *decision.service_state;
  };
  const auto under_it = turn_to(start_time() + minutes(2), Verdict::up, Verdict::unknown, true);
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->services, std::vector{under_it});
  turn_to(start_time() + minutes(5), Verdict::unknown, Verdict::up, false);
  const ServiceDays days = days_of("website", start_time() + minutes(6));
  ASSERT_EQ(days.days.size(), 1u);
  EXPECT_EQ(days.days[0].times.maintenance, minutes(3));
  EXPECT_EQ(days.days[0].times.up, minutes(3));
  EXPECT_EQ(days.days[0].times.unknown, milliseconds(0));
  EXPECT_EQ(days.uptime.day, 1.0);
}

TEST_P(DaysContract, AnOutageOverMidnightIsSharedByBothDays) {
  begin("website");
  const WallTime midnight = day_of(start_time()) + std::chrono::days(1);
  run(start_time(), midnight - minutes(20));
  commit_all(log(), {turn("website", midnight - minutes(20), Verdict::up, Verdict::down)});
  run(midnight - minutes(20), midnight + minutes(10));
  commit_all(log(), {turn("website", midnight + minutes(10), Verdict::down, Verdict::up)});
  run(midnight + minutes(10), midnight + hours(2));
  restart();
  const ServiceDays days = days_of("website", midnight + hours(2));
  ASSERT_EQ(days.days.size(), 2u);
  EXPECT_EQ(days.days[0].times.up, hours(14) - minutes(20));
  EXPECT_EQ(days.days[0].times.down, minutes(20));
  EXPECT_EQ(days.days[0].times.longest_down, minutes(20));
  EXPECT_EQ(days.days[1].times.down, minutes(10));
  EXPECT_EQ(days.days[1].times.up, minutes(110));
}

TEST_P(DaysContract, BackDatingMovesTimeOverClosedHoursAndDays) {
  begin("website");
  const WallTime midnight = day_of(start_time()) + std::chrono::days(1);
  run(start_time(), midnight + hours(3));
  const WallTime confirmed = midnight + hours(3);
  commit_all(log(), {change(key_of("website"), result_at(confirmed, Verdict::down), Verdict::up, midnight - hours(2))});
  run(confirmed, confirmed + minutes(30));
  const ServiceDays days = days_of("website", confirmed + minutes(30));
  ASSERT_EQ(days.days.size(), 2u);
  EXPECT_EQ(days.days[0].times.up, hours(12));
  EXPECT_EQ(days.days[0].times.down, hours(2));
  EXPECT_EQ(days.days[1].times.up, milliseconds(0));
  EXPECT_EQ(days.days[1].times.down, hours(3) + minutes(30));
  EXPECT_NEAR(*days.uptime.day, 12.0 / 17.5, 1e-9);
}

TEST_P(DaysContract, ResultsAndTheirLatenciesAreCountedPerDay) {
  begin("website");
  for (int i = 1; i <= 100; ++i) {
    const Verdict verdict = i % 10 == 0 ? Verdict::down : Verdict::up;
    commit_all(log(), {quiet(key_of("website"), result_at(start_time() + seconds(i), verdict, milliseconds(i)))});
  }
  ASSERT_TRUE(log().upkeep(start_time() + minutes(2)));
  for (int round = 0; round < 2; ++round) {
    const ServiceDays days = days_of("website", start_time() + minutes(2));
    ASSERT_EQ(days.days.size(), 1u);
    EXPECT_EQ(days.days[0].results, 101u);
    ASSERT_TRUE(days.days[0].p95);
    EXPECT_NEAR(to_milliseconds(*days.days[0].p95), 95.0, 95.0 * 0.033);  // of up and degraded ones
    restart();
    ASSERT_TRUE(log().upkeep(start_time() + minutes(3)));
  }
}

TEST_P(DaysContract, AResultThatIsToldAfterMidnightCountsForItsDay) {
  begin("website");
  const WallTime midnight = day_of(start_time()) + std::chrono::days(1);
  run(start_time(), midnight + minutes(5));
  for (int round = 1; round <= 2; ++round) {
    const WallTime late = midnight - seconds(round);
    commit_all(log(), {quiet(key_of("website"), result_at(late, Verdict::up, milliseconds(300)))});
    run(midnight + minutes(5 * round), midnight + minutes(5 * round + 5));
    restart();
    const ServiceDays days = days_of("website", midnight + minutes(5 * round + 5));
    ASSERT_EQ(days.days.size(), 2u);
    EXPECT_EQ(days.days[0].results, 1u + static_cast<unsigned>(round));
    EXPECT_EQ(days.days[0].times.up, hours(14));
    ASSERT_TRUE(days.days[0].p95);
    EXPECT_NEAR(to_milliseconds(*days.days[0].p95), 300.0, 300.0 * 0.033);
  }
}

TEST_P(DaysContract, ADayThatWasUnknownAllDayStaysAsItWasShownBeforeMidnight) {
  begin("website");
  const WallTime midnight = day_of(start_time()) + std::chrono::days(1);
  run(start_time(), midnight - hours(1));
  commit_all(log(), {turn("website", midnight - hours(1), Verdict::up, Verdict::unknown)});
  run(midnight - hours(1), midnight + hours(12));
  commit_all(log(), {quiet(key_of("website"), result_at(midnight + hours(12), Verdict::unknown))});
  const WallTime evening = midnight + hours(24) - milliseconds(1);
  run(midnight + hours(12), evening);
  const ServiceDays before = days_of("website", evening);
  ASSERT_EQ(before.days.size(), 2u);
  EXPECT_EQ(before.days[1].results, 1u);
  EXPECT_EQ(before.days[1].times.unknown, hours(24) - milliseconds(1));
  for (WallTime now = evening; now < evening + hours(60); now += hours(20)) {
    run(now, now + hours(20));
    restart();
    const ServiceDays after = days_of("website", now + hours(20));
    ASSERT_EQ(after.days.size(), 2u);
    EXPECT_EQ(after.days[1].day, before.days[1].day);
    EXPECT_EQ(after.days[1].results, 1u);
    EXPECT_EQ(after.days[1].times, (StateTimes{{}, {}, {}, {}, hours(24), {}}));
    EXPECT_EQ(*after.uptime.quarter, 1.0);
  }
}

TEST_P(DaysContract, TheDayAtWhoseStartTheMonitorEndedStaysToo) {
  begin("website");
  const WallTime midnight = day_of(start_time()) + std::chrono::days(1);
  run(start_time(), midnight - minutes(1));
  commit_all(log(), {quiet(key_of("website"), result_at(midnight))});
  ASSERT_TRUE(log().upkeep(midnight));
  restart();
  const WallTime back = midnight + hours(54);
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), back));
  run(back, back + minutes(10));
  const ServiceDays days = days_of("website", back + minutes(10));
  ASSERT_EQ(days.days.size(), 3u);
  EXPECT_EQ(days.days[1].day, day_of(midnight));
  EXPECT_EQ(days.days[1].results, 1u);
  EXPECT_EQ(days.days[1].times.unknown, hours(24));
}

TEST_P(DaysContract, ClosedDaysThatAreTakenBackAsUnknownNoLongerCountAsUp) {
  begin("website", std::chrono::days(36));  // of a slow check: else so much is not taken back
  const WallTime now = start_time() + std::chrono::days(10);
  run(start_time(), now, hours(6));
  commit_all(log(),
             {change(key_of("website"), result_at(now, Verdict::unknown), Verdict::up, start_time() + hours(7))});
  run(now, now + minutes(2));
  restart();
  const ServiceDays days = days_of("website", now + minutes(2));
  ASSERT_EQ(days.days.size(), 2u);
  EXPECT_EQ(days.days[0].times.up, hours(7));
  EXPECT_EQ(days.days[1].day, day_of(now));
  EXPECT_EQ(*days.uptime.quarter, 1.0);
}

TEST_P(DaysContract, BackDatingReachesOverManyClosedDays) {
  begin("website", std::chrono::days(36));  // of a slow check: else so much is not taken back
  const WallTime now = start_time() + std::chrono::days(85);
  run(start_time(), now, hours(6));
  const WallTime since = now - std::chrono::days(70);
  commit_all(log(), {change(key_of("website"), result_at(now, Verdict::down), Verdict::up, since)});
  restart();
  const ServiceDays days = days_of("website", now);
  ASSERT_EQ(days.days.size(), 86u);
  EXPECT_EQ(days.days[14].times.up, hours(24));
  EXPECT_EQ(days.days[15].times.up, hours(10));
  EXPECT_EQ(days.days[15].times.down, hours(14));
  for (std::size_t i = 16; i < 85; ++i) ASSERT_EQ(days.days[i].times.longest_down, hours(24)) << i;
  EXPECT_NEAR(*days.uptime.quarter, 15.0 / 85.0, 1e-9);
}

TEST_P(DaysContract, TimeWithoutAMonitorIsUnknown) {
  begin("website");
  run(start_time(), start_time() + minutes(30));
  restart();
  const WallTime back = start_time() + hours(3);
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), back));
  run(back, back + minutes(10));
  const ServiceDays days = days_of("website", back + minutes(10));
  ASSERT_EQ(days.days.size(), 1u);
  EXPECT_EQ(days.days[0].times.up, minutes(40));
  EXPECT_EQ(*days.uptime.day, 1.0);
}

TEST_P(DaysContract, AShortPauseOrOneShorterThanTheIntervalKeepsTheState) {
  begin("website", hours(1));
  run(start_time(), start_time() + minutes(1));
  const WallTime back = start_time() + minutes(91);
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}, hours(1)), back));
  EXPECT_EQ(days_of("website", back).days.at(0).times.up, minutes(91));
}

TEST_P(DaysContract, AMonitorThatStoppedIsNotCountedAsUp) {
  begin("website");
  run(start_time(), start_time() + minutes(10));
  const ServiceDays days = days_of("website", start_time() + hours(8));
  ASSERT_EQ(days.days.size(), 1u);
  EXPECT_EQ(days.days[0].times.up, minutes(10));
}

TEST_P(DaysContract, WindowsForgetWhatLiesBeforeThem) {
  begin("website", hours(12));
  commit_all(log(), {turn("website", start_time() + hours(1), Verdict::up, Verdict::down),
                     turn("website", start_time() + hours(2), Verdict::down, Verdict::up)});
  const WallTime now = start_time() + std::chrono::days(40);
  run(start_time(), now, hours(6));
  const ServiceDays days = days_of("website", now);
  EXPECT_EQ(days.days.size(), 41u);
  EXPECT_EQ(*days.uptime.day, 1.0);
  EXPECT_EQ(*days.uptime.week, 1.0);
  EXPECT_EQ(*days.uptime.month, 1.0);
  EXPECT_NEAR(*days.uptime.quarter, 1.0 - 1.0 / (40.0 * 24.0), 1e-9);
}

TEST_P(DaysContract, AWrongClockAtBootTakesNothingBack) {
  begin("website");
  const WallTime left = start_time() + hours(60);
  run(start_time(), left);
  restart();
  const WallTime wrong = start_time() - std::chrono::days(3650);
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), wrong));
  commit_all(log(), {turn("website", wrong + minutes(1), Verdict::up, Verdict::down)});
  run(wrong, wrong + minutes(20));
  commit_all(log(), {turn("website", wrong + minutes(20), Verdict::down, Verdict::up)});
  restart();
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), wrong + minutes(21)));
  const WallTime back = left + minutes(30);
  run(back, back + minutes(10));
  const ServiceDays days = days_of("website", back + minutes(10));
  ASSERT_EQ(days.days.size(), 3u);
  EXPECT_EQ(days.days[0].times.up, hours(14));
  EXPECT_EQ(days.days[1].times.up, hours(24));
  EXPECT_NEAR(*days.uptime.quarter, 1.0, 1e-9);
}

TEST_P(DaysContract, AClockThatLeaptAheadAndCameBackLeavesNoTrace) {
  begin("website");
  const WallTime leapt = start_time() + hours(60);
  run(start_time(), leapt);
  const WallTime ahead = leapt + std::chrono::days(3650);
  run(ahead, ahead + minutes(10));
  commit_all(log(), {turn("website", ahead + minutes(10), Verdict::up, Verdict::down)});
  restart();
  const WallTime back = leapt + minutes(4);
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), back));
  commit_all(log(), {turn("website", back, Verdict::down, Verdict::up)});
  run(back, back + minutes(56));
  const ServiceDays days = days_of("website", back + minutes(56));
  ASSERT_EQ(days.days.size(), 3u);
  EXPECT_EQ(days.days[1].times.up, hours(24));
  EXPECT_NEAR(*days.uptime.quarter, 1.0, 1e-9);
}

TEST_P(DaysContract, R9_ALeapThatAResultTellsFirstIsALeapAllTheSame) {
  begin("website");
  const WallTime leapt = start_time() + hours(60);
  run(start_time(), leapt);
  const WallTime ahead = leapt + hours(50);
  commit_all(log(), {quiet(key_of("website"), result_at(ahead))});
  run(ahead, ahead + hours(1));
  ServiceDays days = days_of("website", ahead + hours(1));
  milliseconds up{0};
  for (const DayRow& day : days.days) up += day.times.up;
  EXPECT_EQ(up, hours(61)) << "what nobody watched is unknown";
  const WallTime back = leapt + minutes(4);
  commit_all(log(), {turn("website", back, Verdict::up, Verdict::down)});
  run(back, back + minutes(30));
  restart();
  days = days_of("website", back + minutes(30));
  EXPECT_EQ(days.days.back().times.down, minutes(30)) << "the right time is believed again";
}

}  // namespace
}  // namespace allclear::contract
