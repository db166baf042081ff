// Heartbeats, by the engine: deadlines that live through restarts, sleep and set clocks.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using Words = std::vector<std::string>;

const ServiceId backup("backup");

// A ping an hour, five minutes of grace.
std::shared_ptr<const Catalogue> catalogue(milliseconds every = hours(1), bool enabled = true) {
  HeartbeatTarget target;
  target.grace = minutes(5);
  Check check = make_check("backup", "backup", target);
  check.interval = every;
  check.confirm.down = check.confirm.up = 1;
  Service service = make_service("backup", {check});
  service.enabled = enabled;
  return make_catalogue({service});
}

class Heartbeats : public testing::Test {
 protected:
  void start(StoredState stored = {}) { driver_.start(catalogue(), std::move(stored)); }
  OperationOutcome ping(PingKind kind = PingKind::success, int exit_code = 0, const std::string& run = {}) {
    driver_.send(Operated{{Ping{backup, kind, exit_code, run, "said"}, "cron"}, ++ticket_});
    commit();
    const std::vector<Reply> replies = driver_.take_replies();
    EXPECT_EQ(replies.size(), 1U);
    return replies.empty() ? OperationOutcome::unavailable : replies[0].result.outcome;
  }
  // Keeps what was told.
  void commit() {
    for (const Commit& commit : driver_.take_commits()) {
      for (const Decision& decision : commit.decisions) {
        for (const Alert& alert : decision.alerts) told_.emplace_back(to_string(alert.step));
        if (decision.result) results_.push_back(*decision.result);
      }
      driver_.send(Committed{commit.seq});
    }
  }
  // Stops, is away for `absence` and starts from what was stored.
  void restart(milliseconds absence = milliseconds(0)) {
    const StoredState kept = stored();
    driver_ = EngineDriver();
    driver_.pass(absence);
    start(kept);
  }
  // The clock is right when it starts.
  void restart_after_ping_from_ahead(milliseconds ahead, PingKind kind = PingKind::success) {
    start();
    driver_.set_wall(ahead);
    ping(kind);
    restart();
  }
  void run(milliseconds time) {
    driver_.run(time);
    commit();
  }
  Words told() { return std::exchange(told_, {}); }
  Verdict verdict() const { return driver_.service().state.verdict; }
  StoredState stored() const {
    StoredState stored;
    stored.checks.push_back({EngineDriver::key_of("backup"), driver_.state_of("backup")});
    stored.services.push_back(driver_.service().state);
    if (driver_.service().open_incident) stored.open_incidents.push_back(*driver_.service().open_incident);
    return stored;
  }

  EngineDriver driver_;
  std::vector<CheckResult> results_;
  Words told_;
  std::uint64_t ticket_ = 0;
};

TEST_F(Heartbeats, NobodyIsAlarmedBeforeTheFirstPing) {
  start();
  run(hours(24 * 40));
  EXPECT_EQ(verdict(), Verdict::unknown);
  EXPECT_TRUE(results_.empty());
  EXPECT_TRUE(driver_.take_probes().empty());
}

TEST_F(Heartbeats, AMissedPingIsTellingAndTheNextOneEndsIt) {
  start();
  EXPECT_EQ(ping(), OperationOutcome::done);
  EXPECT_EQ(verdict(), Verdict::up);
  run(minutes(65) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
  EXPECT_EQ(results_.back().reason, Reason::missed);
  EXPECT_EQ(driver_.service().open_incident->reason, Reason::missed);
  EXPECT_EQ(ping(), OperationOutcome::done);
  EXPECT_EQ(told(), Words{"resolved"});
}

TEST_F(Heartbeats, EachPeriodThatGoesByIsOneMissedPing) {
  start();
  ping();
  run(minutes(65) * 3);
  EXPECT_EQ(results_.size(), 4U);
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, PingsInTimeKeepItUp) {
  start();
  for (int i = 0; i < 50; ++i) {
    ping();
    run(minutes(64));
  }
  EXPECT_EQ(told(), Words{});
  EXPECT_EQ(results_.size(), 50U);
}

TEST_F(Heartbeats, AFailIsDownAtOnceAndNotedWithItsExitCode) {
  start();
  ping();
  ping(PingKind::fail, 3);
  EXPECT_EQ(told(), Words{"opened"});
  EXPECT_EQ(results_.back().status_code, 3);
  EXPECT_EQ(results_.back().detail, "the job ended with exit code 3: said");
  ASSERT_NE(driver_.service().open_incident, nullptr);
  const Incident& incident = *driver_.service().open_incident;
  EXPECT_EQ(incident.reason, Reason::unexpected_status) << "the codes are the contract's";
  EXPECT_EQ(incident.timeline.back().body, incident.title + ": the job reported failure (exit code 3)");
}

TEST_F(Heartbeats, AFailWithoutACodeSaysSo) {
  start();
  ping(PingKind::fail);
  ASSERT_NE(driver_.service().open_incident, nullptr);
  EXPECT_EQ(driver_.service().open_incident->timeline.back().body,
            driver_.service().open_incident->title + ": the job reported failure");
}

TEST_F(Heartbeats, ARunThatDoesNotEndInTheGraceIsMissed) {
  start();
  ping();
  run(minutes(30));
  ping(PingKind::start);
  run(minutes(5));
  EXPECT_EQ(told(), Words{"opened"});
  EXPECT_EQ(results_.back().detail, "the run that began at 2026-01-01T00:30:00Z did not end within 5m");
}

TEST_F(Heartbeats, ARunThatEndsTellsHowLongItTook) {
  start();
  ping(PingKind::start, 0, "a");
  EXPECT_EQ(verdict(), Verdict::unknown);
  run(minutes(2));
  ping(PingKind::success, 0, "a");
  EXPECT_EQ(results_.back().latency, minutes(2));
  ping(PingKind::start, 0, "b");
  run(minutes(1));
  ping(PingKind::success, 0, "a");  // an older run ends
  EXPECT_EQ(results_.back().latency, seconds(0));
}

TEST_F(Heartbeats, ALogLineChangesNothing) {
  start();
  ping();
  run(minutes(30));
  EXPECT_EQ(ping(PingKind::log), OperationOutcome::done);
  run(minutes(35));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, APingIsAnsweredWhenItIsDurable) {
  start();
  for (const PingKind kind : {PingKind::start, PingKind::success}) {
    driver_.send(Operated{{Ping{backup, kind, 0, {}, {}}, "cron"}, 7});
    EXPECT_TRUE(driver_.take_replies().empty());
    driver_.run(seconds(1));
    driver_.confirm_all();
    ASSERT_EQ(driver_.take_replies().size(), 1U);
  }
}

TEST_F(Heartbeats, AnUnknownHeartbeatIsNotFound) {
  start();
  driver_.send(Operated{{Ping{ServiceId("other"), PingKind::success, 0, {}, {}}, "cron"}, 1});
  EXPECT_EQ(driver_.take_replies().at(0).result.outcome, OperationOutcome::not_found);
}

TEST_F(Heartbeats, CheckNowIsRefused) {
  start();
  driver_.send(Operated{{CheckNow{backup}, "anna"}, 1});
  const auto replies = driver_.take_replies();
  EXPECT_EQ(replies.at(0).result.outcome, OperationOutcome::refused);
  EXPECT_TRUE(driver_.take_probes().empty());
}

TEST_F(Heartbeats, R10_TheDeadlineSurvivesARestart) {
  start();
  ping();
  run(minutes(40));
  restart(minutes(50));
  run(minutes(15));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R10_ADeadlineThatPassedWhileTheMonitorWasAwayGetsItsGraceAnew) {
  start();
  ping();
  restart(hours(9));
  run(minutes(5) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R10_ASleepOfEightHoursRaisesNoFalseAlarm) {
  start();
  ping();
  run(minutes(60));
  driver_.set_wall(hours(8));
  driver_.send(Resumed{hours(8)});
  run(minutes(4));
  EXPECT_EQ(told(), Words{});
  ping();
  run(minutes(64));
  EXPECT_EQ(told(), Words{});
  run(minutes(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_AClockThatWasAheadAndComesBackHidesNoMiss) {
  start();
  driver_.set_wall(hours(24 * 3650));
  ping();
  driver_.set_wall(-hours(24 * 3650));
  run(minutes(65));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_AClockThatIsSetBackALittlePutsTheDeadlineOffByThat) {
  start();
  ping();
  run(minutes(50));
  driver_.set_wall(-minutes(20));
  run(minutes(35) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_AStoredPingFromTheFutureHidesNoMiss) {
  start();
  driver_.set_wall(hours(24 * 3650));
  ping();
  restart();
  run(minutes(65));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_AStoredPingFromALittleAheadHidesNoMiss) {
  restart_after_ping_from_ahead(minutes(30));
  run(minutes(65) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
  run(minutes(65) - milliseconds(1));
  EXPECT_EQ(results_.size(), 2U) << "the next period counts from there";
  run(milliseconds(1));
  EXPECT_EQ(results_.size(), 3U);
}

TEST_F(Heartbeats, R9_SleepAndReloadsPutAPingFromAheadOffNoFurther) {
  restart_after_ping_from_ahead(minutes(30));
  run(minutes(20));
  driver_.set_wall(minutes(2));
  driver_.send(Resumed{minutes(2)});
  run(minutes(30));
  driver_.send(Catalogued{catalogue(), {}});
  run(minutes(15) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, ANewPeriodHoldsAlsoAfterAPingFromAhead) {
  restart_after_ping_from_ahead(minutes(30));
  run(minutes(40));
  driver_.send(Catalogued{catalogue(hours(2)), {}});
  run(minutes(115) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_APingAfterOneFromAheadBeginsAnew) {
  restart_after_ping_from_ahead(minutes(30));
  run(minutes(60));
  ping();
  run(minutes(65) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_ARunThatBeganAheadEndsInItsGraceOrIsMissed) {
  restart_after_ping_from_ahead(hours(24), PingKind::start);
  run(minutes(5) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  EXPECT_TRUE(results_.empty());
  run(milliseconds(1));
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].reason, Reason::missed);
}

TEST_F(Heartbeats, R10_PingsThatCameInAStandstillAreReadBeforeTheyCountAsMissed) {
  start();
  ping();
  driver_.pass(minutes(66));  // not by turns
  driver_.send(StoodStill{});
  run(seconds(4));
  EXPECT_EQ(told(), Words{});
  ping();
  run(minutes(65) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  driver_.pass(minutes(1));
  driver_.send(StoodStill{});
  run(seconds(5));
  EXPECT_EQ(told(), Words{"opened"}) << "none came";
}

TEST_F(Heartbeats, R10_AStandstillTakesNothingOffTheGraceOfAStart) {
  start();
  ping();
  restart(minutes(66));
  run(seconds(10));
  driver_.pass(seconds(3));
  driver_.send(StoodStill{});
  run(minutes(5) - seconds(13) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R10_StandstillsOneAfterAnotherHideNoMiss) {
  start();
  ping();
  driver_.pass(minutes(66));
  for (int i = 0; i < 4; ++i) {
    driver_.send(StoodStill{});
    run(seconds(2));
    driver_.pass(seconds(3));
  }
  run(milliseconds(0));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, AStandstillIsNoMatterForWhatIsAskedOrSwitchedOff) {
  const Service off = *catalogue(hours(1), false)->services[0];
  driver_.start(make_catalogue({off, make_service("web", {make_check("web", "web")})}), {});
  driver_.send(StoodStill{});
  run(minutes(70));
  EXPECT_EQ(told(), Words{});
}

TEST_F(Heartbeats, AReloadKeepsTheDeadlineAndANewPeriodHolds) {
  start();
  ping();
  run(minutes(10));
  driver_.send(Catalogued{catalogue(minutes(20)), {}});
  run(minutes(15));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, ReloadsPutNoDeadlineOff) {
  start();
  ping();
  run(minutes(62));
  for (int i = 0; i < 3; ++i) {
    driver_.send(Catalogued{catalogue(), {}});
    run(minutes(1) - milliseconds(1));
    EXPECT_EQ(told(), Words{});
    run(milliseconds(i == 2 ? 1 : 0));
    driver_.pass(milliseconds(i == 2 ? 0 : 1));
  }
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R10_ARunThatBeginsAfterAnAbsenceHasItsGrace) {
  start();
  ping();
  restart(hours(9));
  run(minutes(3));
  ping(PingKind::start);
  run(minutes(5) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, WhatIsSwitchedOnAgainIsExpectedAfterItsNextPing) {
  start();
  ping();
  driver_.send(Catalogued{catalogue(hours(1), false), {}});
  results_.clear();
  EXPECT_EQ(ping(PingKind::fail), OperationOutcome::done);
  EXPECT_TRUE(results_.empty());  // answered, not kept
  run(hours(30));
  driver_.send(Catalogued{catalogue(), {}});
  run(hours(30));
  EXPECT_EQ(told(), Words{});
  EXPECT_EQ(verdict(), Verdict::unknown);
  ping();
  EXPECT_EQ(verdict(), Verdict::up);
}

TEST_F(Heartbeats, R10_IntervalsReachTo400Days) {
  const auto rare = catalogue(hours(24 * 400));
  driver_.start(rare);
  ping();
  run(hours(24 * 399));
  const StoredState kept = stored();
  const Instant before = driver_.now();
  driver_ = EngineDriver();
  driver_.pass(std::chrono::floor<milliseconds>(before.monotonic - driver_.now().monotonic));
  driver_.start(rare, kept);
  run(hours(24) + minutes(5) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, ASinglePassAsksNothing) {
  driver_.start(catalogue(), {}, Pace::single_pass);
  EXPECT_TRUE(driver_.engine().idle());
}

TEST_F(Heartbeats, R9_AReloadAfterTheClockLeaptAheadMissesNothing) {
  start();
  ping();
  driver_.set_wall(hours(3));
  driver_.send(Catalogued{catalogue(), {}});
  run(minutes(65) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_ARunThatBeginsAfterTheClockLeaptAheadHasItsGrace) {
  start();
  ping();
  driver_.set_wall(hours(3));
  run(minutes(30));
  ping(PingKind::start);
  run(minutes(5) - milliseconds(1));
  EXPECT_EQ(told(), Words{});
  run(milliseconds(1));
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R10_RunsThatOnlyBeginDoNotPutTheAlarmOffForEver) {
  start();
  ping();
  restart(hours(9));
  for (int i = 0; i < 4; ++i) {
    run(minutes(4));
    ping(PingKind::start);
  }
  EXPECT_EQ(told(), Words{"opened"});
}

TEST_F(Heartbeats, R9_NorDoTheyAfterAStartWhenTheClockIsSetBackBetweenThem) {
  start();
  ping();
  restart(hours(9));
  run(minutes(1));
  ping(PingKind::start);
  driver_.set_wall(-hours(24 * 3'650));
  for (int i = 0; i < 3; ++i) {
    run(minutes(2));
    ping(PingKind::start);
  }
  EXPECT_EQ(told(), Words{"opened"});
}

}  // namespace
}  // namespace allclear
