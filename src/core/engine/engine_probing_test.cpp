// Probes: when they start, how many at once, what their results are worth.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using test::wall;

Service simple(const std::string& id, seconds interval = seconds(60)) {
  Check check = make_check(id, id);
  check.interval = interval;
  return make_service(id, {check});
}

TEST(Probing, ADueCheckStartsOnceWithItsSlot) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(5))}));
  driver.run(seconds(5));
  const auto probes = driver.take_probes();
  ASSERT_EQ(probes.size(), 1U);
  EXPECT_EQ(probes[0].key, EngineDriver::key_of("web"));
  EXPECT_EQ(probes[0].check->interval, seconds(5));
  EXPECT_FALSE(probes[0].quick_retry);
  EXPECT_EQ(driver.engine().in_flight(), 1U);
  EXPECT_EQ(driver.counters().started, 1U);
}

TEST(Probing, ACheckThatRunsIsNotStartedAgain) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(5))}));
  driver.run(seconds(20));
  EXPECT_EQ(driver.take_probes().size(), 1U);
  EXPECT_EQ(driver.counters().skipped_overlap, 3U);
  driver.observe("web", Verdict::up);
  driver.run(seconds(5));
  EXPECT_EQ(driver.take_probes().size(), 1U);
}

TEST(Probing, ALostProbeDoesNotBlockItsCheckForEver) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(5))}));
  driver.run(seconds(60));
  EXPECT_EQ(driver.take_probes().size(), 2U) << "timeout 10 s and a grace of 30 s";
  EXPECT_EQ(driver.engine().in_flight(), 1U);
}

TEST(Probing, BeyondTheLimitChecksWaitTheirTurn) {
  EngineDriver driver({1, 0});
  driver.start(make_catalogue({simple("a", seconds(5)), simple("b", seconds(5))}));
  driver.run(seconds(5));
  const auto first = driver.take_probes();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(driver.counters().deferred_limit, 1U);
  driver.observe(first[0].key, Verdict::up);
  const auto second = driver.take_probes();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(second[0].key, first[0].key);
  EXPECT_LT(second[0].due, driver.now().monotonic) << "its lateness is visible";
  driver.send(Abandoned{second[0].key});
  EXPECT_EQ(driver.engine().in_flight(), 0U);
}

TEST(Probing, LimitPerHostLooksAtTheTargetsHost) {
  const std::vector<Target> targets{TcpTarget{"db", 1, "", "", {}},
                                    TcpTarget{"db", 2, "", "", {}},
                                    TlsTarget{"db", 3, StartTls::none, {}, {}},
                                    IcmpTarget{"db", 1, {}},
                                    test::http_target("db"),
                                    UnsupportedTarget{"grpc"},
                                    DnsTarget{"db", "A", {}, {}},
                                    DnsTarget{"x", "A", {}, NetworkOptions{AddressFamily::any, "db", {}}}};
  std::vector<Check> checks;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    checks.push_back(make_check("shop", fmt::format("c{}", i), targets[i]));
    checks.back().interval = seconds(5);
  }
  EngineDriver driver({100, 1});
  driver.start(make_catalogue({make_service("shop", checks)}));
  driver.run(seconds(5));
  EXPECT_EQ(driver.take_probes().size(), 2U) << "one on db, one of no host";
  EXPECT_EQ(driver.counters().deferred_limit, 6U);
}

TEST(Probing, AnUnconfirmedStateIsAskedAgainSoon) {
  EngineDriver driver;
  const auto catalogue = make_catalogue({simple("web", seconds(3'600))});
  driver.start(catalogue, test::all_up(*catalogue));
  driver.see("web", "UD");
  driver.take_probes();
  driver.run(milliseconds(4'999));
  EXPECT_TRUE(driver.take_probes().empty());
  driver.run(milliseconds(1));
  const auto retry = driver.take_probes();
  ASSERT_EQ(retry.size(), 1U);
  EXPECT_TRUE(retry[0].quick_retry);
  driver.observe("web", Verdict::up);
  driver.run(seconds(60));
  EXPECT_TRUE(driver.take_probes().empty()) << "settled: the next regular slot";
}

TEST(Probing, LateDuplicateAndForeignResultsAreIgnored) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("web")}));
  driver.see("web", "U");
  const CheckResult again = test::make_result(Verdict::down, driver.now().wall);
  driver.send(Observed{EngineDriver::key_of("web"), again});
  driver.send(Observed{EngineDriver::key_of("gone"), again});
  EXPECT_EQ(driver.counters().ignored, 2U);
  EXPECT_EQ(driver.counters().results, 1U);
  EXPECT_EQ(driver.service().checks[0].state.last_verdict, Verdict::up);
}

TEST(Probing, CheckNowStartsAllChecksOfAService) {
  EngineDriver driver;
  Check off = make_check("shop", "off");
  off.enabled = false;
  driver.start(make_catalogue({make_service("shop", {make_check("shop", "a"), make_check("shop", "b"), off})}));
  driver.send(Operated{{CheckNow{ServiceId("shop")}, "ops"}, 1});
  driver.send(Operated{{CheckNow{ServiceId("gone")}, "ops"}, 1});
  driver.run(milliseconds(0));
  EXPECT_EQ(driver.take_probes().size(), 2U);
}

TEST(Probing, OnlyTheLocalLocationIsStartedFromHere) {
  Check check = make_check("web", "web");
  check.locations.edit().ids = {local_location(), LocationId("fra")};
  check.interval = seconds(5);
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web", {check})}));
  driver.run(seconds(5));
  ASSERT_EQ(driver.take_probes().size(), 1U);
  const CheckKey far{ServiceId("web"), CheckId("web"), LocationId("fra")};
  driver.observe(far, Verdict::down);
  driver.pass(seconds(1));
  driver.observe(far, Verdict::down);
  EXPECT_EQ(driver.service().state.verdict, Verdict::down) << "its results count all the same";
}

TEST(Clock, R9_WallClockJumpsRaiseNoAlertAndMissNoInterval) {
  const milliseconds jumps[] = {seconds(1),
                                -seconds(1),
                                std::chrono::hours(1),
                                -std::chrono::hours(1),
                                std::chrono::hours(87'600),
                                -std::chrono::hours(87'600)};
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(10))}));
  std::uint64_t probes = 0;
  const auto ten_rounds = [&] {
    for (int round = 0; round < 10; ++round) {
      driver.run(seconds(10));
      for (const StartProbe& probe : driver.take_probes()) {
        ++probes;
        driver.observe(probe.key, Verdict::up);
      }
      for (const Decision& decision : driver.take_decisions()) EXPECT_TRUE(decision.alerts.empty());
    }
  };
  ten_rounds();
  for (std::uint64_t jumped = 1; const milliseconds jump : jumps) {
    driver.set_wall(jump);
    ten_rounds();
    EXPECT_EQ(probes, 10 * ++jumped) << "after a jump by " << jump.count() << " ms";
    EXPECT_EQ(driver.service().state.verdict, Verdict::up);
    EXPECT_EQ(driver.service().open_incident, nullptr);
  }
  EXPECT_EQ(driver.counters().ignored, 0U);
}

TEST(Clock, R9_AnOutageIsSeenAlsoAfterTheClockWasSetBack) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(10))}));
  for (const Verdict verdict : {Verdict::up, Verdict::up, Verdict::down, Verdict::down}) {
    driver.run(seconds(10));
    for (const StartProbe& probe : driver.take_probes()) driver.observe(probe.key, verdict);
    driver.set_wall(-std::chrono::hours(24 * 365));
  }
  EXPECT_EQ(driver.service().state.verdict, Verdict::down);
  ASSERT_NE(driver.service().open_incident, nullptr);
  EXPECT_LE(driver.service().open_incident->opened_at, driver.now().wall + std::chrono::hours(24 * 366));
}

TEST(Suspend, R10_TheGridReturnsToTheWallClockAndLostIntervalsAreCounted) {
  EngineDriver driver;
  const auto catalogue = make_catalogue({simple("web", seconds(60))});
  driver.start(catalogue, test::all_up(*catalogue));
  driver.run(seconds(120));
  for (const StartProbe& probe : driver.take_probes()) driver.observe(probe.key, Verdict::up);
  driver.set_wall(std::chrono::hours(8));  // the monotonic clock stood still
  driver.send(Resumed{std::chrono::hours(8)});
  EXPECT_EQ(driver.counters().skipped_suspend, 480U);
  driver.run(seconds(10));  // a slot was slept through: one start is made up for
  for (const StartProbe& probe : driver.take_probes()) driver.observe(probe.key, Verdict::up);
  driver.run(seconds(60));
  const auto probes = driver.take_probes();
  ASSERT_EQ(probes.size(), 1U);
  const auto phase = phase_of(identity_of(EngineDriver::key_of("web")), seconds(60));
  const nanoseconds ago = driver.now().monotonic - probes[0].due;
  EXPECT_EQ(delay_to_next_slot(phase, seconds(60), driver.now().wall) + ago, seconds(60));
}

TEST(Intervals, R10_ReachTo400Days) {
  const milliseconds interval = std::chrono::hours(24 * 400);
  EngineDriver driver;
  const auto catalogue = make_catalogue({simple("yearly", std::chrono::duration_cast<seconds>(interval))});
  driver.start(catalogue, test::all_up(*catalogue));
  std::vector<WallTime> started;
  for (int day = 0; day < 3 * 400; ++day) {
    driver.run(std::chrono::hours(24));
    for (const StartProbe& probe : driver.take_probes()) {
      started.push_back(driver.now().wall - std::chrono::floor<milliseconds>(driver.now().monotonic - probe.due));
      driver.observe(probe.key, Verdict::up);
    }
  }
  ASSERT_EQ(started.size(), 3U);
  EXPECT_EQ(started[1] - started[0], interval);
  EXPECT_EQ(started[2] - started[1], interval);
  EXPECT_EQ(driver.service().state.verdict, Verdict::up);
  EXPECT_EQ(driver.service().open_incident, nullptr);
}

TEST(Suspend, R10_ASlotThatWasSleptThroughIsMadeUpForSoon) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("daily", seconds(86'400))}));
  driver.see("daily", "U");
  driver.set_wall(std::chrono::hours(48));
  driver.send(Resumed{std::chrono::hours(48)});
  driver.take_probes();
  driver.run(seconds(10));
  EXPECT_EQ(driver.take_probes().size(), 1U);
}

TEST(Suspend, R10_ResultsOfProbesThatSleptAreNotTrusted) {
  EngineDriver driver;
  Check check = make_check("web", "web");
  check.confirm.down = 1;
  driver.start(make_catalogue({make_service("web", {check})}));
  driver.see("web", "U");
  driver.run(seconds(60));
  ASSERT_EQ(driver.take_probes().size(), 1U);
  driver.set_wall(std::chrono::hours(8));
  driver.send(Resumed{std::chrono::hours(8)});
  driver.observe("web", Verdict::down);
  EXPECT_EQ(driver.service().state.verdict, Verdict::up);
  EXPECT_EQ(driver.counters().ignored, 1U);
  driver.run(seconds(5));
  EXPECT_EQ(driver.take_probes().size(), 1U) << "asked again at once";
}

TEST(SinglePass, RunsWhatIsDueFollowsRetriesAndEnds) {
  StoredState stored;
  const auto catalogue = make_catalogue({simple("a", seconds(3'600)), simple("b", seconds(3'600))});
  EngineDriver driver;
  EXPECT_TRUE(driver.engine().idle());
  driver.start(catalogue, stored, Pace::single_pass);
  EXPECT_FALSE(driver.engine().idle());
  driver.run(milliseconds(0));
  EXPECT_EQ(driver.take_probes().size(), 2U);
  driver.observe("a", Verdict::up);
  driver.observe("b", Verdict::down);
  driver.run(seconds(5));
  ASSERT_EQ(driver.take_probes().size(), 1U);
  driver.observe("b", Verdict::down);
  EXPECT_FALSE(driver.engine().idle()) << "not committed yet";
  driver.confirm_all();
  EXPECT_TRUE(driver.engine().idle());
  EXPECT_EQ(driver.service(1).state.verdict, Verdict::down);
}

TEST(SinglePass, LeavesOutWhatHasNoSlotSinceTheLastStart) {
  StoredState stored;
  stored.last_start = wall(-1);
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(86'400 * 365))}), stored, Pace::single_pass);
  EXPECT_TRUE(driver.engine().idle());
  driver.send(Resumed{seconds(1)});
  EXPECT_TRUE(driver.engine().idle());
}

TEST(SinglePass, DoesNotFollowAnUndecidedCheckForEver) {
  Check check = make_check("web", "web");
  check.confirm = {2, 2, milliseconds(1'000)};
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web", {check})}), {}, Pace::single_pass);
  int probes = 0;
  for (; probes < 100; ++probes) {
    driver.run(seconds(1));
    if (driver.take_probes().empty()) break;
    driver.observe("web", probes % 2 == 0 ? Verdict::up : Verdict::down);
  }
  EXPECT_EQ(probes, 11);
  driver.confirm_all();
  EXPECT_TRUE(driver.engine().idle());
}

TEST(SinglePass, LeavesALongRetryToTheNextPass) {
  Check check = make_check("web", "web");
  check.confirm = {2, 2, seconds(61)};
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web", {check})}), {}, Pace::single_pass);
  driver.run(seconds(1));
  EXPECT_EQ(driver.take_probes().size(), 1U);
  driver.observe("web", Verdict::down);
  driver.confirm_all();
  EXPECT_TRUE(driver.engine().idle());
}

TEST(WakeAt, IsToldAgainAfterAnEarlyWakeUp) {
  EngineDriver driver;
  driver.start(make_catalogue({simple("web", seconds(3'600))}));
  const MonotonicTime wake = driver.wake();
  Commands commands;
  driver.engine().on(Due{}, driver.now(), commands);
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(std::get<WakeAt>(commands[0]).at, wake);
}

}  // namespace
}  // namespace allclear
