// Reminders, escalation and acknowledgement, by the engine.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_incidents_test {
namespace {

using test::all_up;
using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;

const ChannelId pager("pager");

// A service of which ops is told at once and the pager after ten minutes, hourly from then on.
std::shared_ptr<const Catalogue> catalogue() {
  Check check = make_check("web", "web");
  check.interval = seconds(86'400);
  check.confirm.down = 1;
  Service service = make_service("web", {check});
  service.alerts = std::vector{ChannelId("ops"), pager};
  ChannelPolicy policy;
  policy.after = std::chrono::minutes(10);
  policy.remind = std::chrono::hours(1);
  return make_catalogue({service}, {{pager, policy}});
}

std::vector<std::string> told(EngineDriver& driver) {
  std::vector<std::string> words;
  for (const Decision& decision : driver.take_decisions()) {
    for (const Alert& alert : decision.alerts)
      words.push_back(alert.channel.value() + " " + std::string(to_string(alert.step)));
  }
  return words;
}

using Words = std::vector<std::string>;

class FollowedUp : public testing::Test {
 protected:
  FollowedUp() {
    driver_.start(catalogue(), all_up(*catalogue()));
    driver_.see("web", "D");
    EXPECT_EQ(told(driver_), Words{"ops opened"});
  }
  void acknowledge(std::uint64_t ticket, const IncidentId& incident) {
    driver_.send(Operated{{Acknowledge{incident}, "anna"}, ticket});
  }
  const Incident& incident() const { return *driver_.service().open_incident; }
  StoredState stored() const {
    StoredState all = all_up(*catalogue());
    all.checks[0].state = driver_.state_of("web");
    all.services[0] = driver_.service().state;
    all.open_incidents.push_back(incident());
    return all;
  }

  EngineDriver driver_;
};

TEST_F(FollowedUp, ThePagerIsToldAtItsTimeAndReminded) {
  driver_.run(std::chrono::minutes(10) - seconds(1));
  EXPECT_EQ(told(driver_), Words{});
  driver_.run(seconds(1));
  EXPECT_EQ(told(driver_), Words{"pager opened"});
  driver_.run(std::chrono::minutes(60));
  EXPECT_EQ(told(driver_), Words{"pager reminder"});
  driver_.see("web", "U");
  EXPECT_EQ(told(driver_), (Words{"ops resolved", "pager resolved"}));
  driver_.run(std::chrono::hours(5));
  EXPECT_EQ(told(driver_), Words{});
}

TEST_F(FollowedUp, R9_ASetWallClockMovesNoDeadline) {
  driver_.set_wall(-std::chrono::hours(24 * 3650));
  driver_.run(std::chrono::minutes(10));
  EXPECT_EQ(told(driver_), Words{"pager opened"});
  driver_.set_wall(std::chrono::hours(24 * 3650 * 2));
  driver_.run(std::chrono::minutes(59));
  EXPECT_EQ(told(driver_), Words{});
}

TEST_F(FollowedUp, ARestartKeepsTheDeadlines) {
  EngineDriver again;
  again.pass(std::chrono::minutes(8));
  again.start(catalogue(), stored());
  told(again);
  again.run(std::chrono::minutes(2) + seconds(2));
  EXPECT_EQ(told(again), Words{"pager opened"});
}

TEST_F(FollowedUp, R9_ARestartByAClockThatWasSetBackPutsNothingOff) {
  EngineDriver again;
  again.set_wall(-std::chrono::hours(1));
  again.start(catalogue(), stored());
  again.run(seconds(1));
  EXPECT_EQ(told(again), Words{"pager opened"})
      << "nobody knows how long it waited, and too soon is better than too late";
  again.run(std::chrono::minutes(59));
  EXPECT_EQ(told(again), Words{});
}

TEST_F(FollowedUp, AReloadWithAnotherPolicyPlansAnew) {
  auto changed = std::make_shared<Catalogue>(*catalogue());
  changed->channels.at(pager).after = std::chrono::minutes(2);
  driver_.send(Catalogued{changed, {}});
  driver_.run(std::chrono::minutes(2));
  EXPECT_EQ(told(driver_), Words{"pager opened"});
}

TEST_F(FollowedUp, SleepCountsAsTimeThatPassed) {
  driver_.set_wall(std::chrono::hours(8));
  driver_.send(Resumed{std::chrono::hours(8)});
  driver_.run(seconds(1));
  EXPECT_EQ(told(driver_), Words{"pager opened"});
}

TEST_F(FollowedUp, AcknowledgingStopsThemAndIsAnsweredWhenDurable) {
  driver_.take_commits();
  acknowledge(7, incident().id);
  EXPECT_TRUE(driver_.take_replies().empty());
  EXPECT_EQ(incident().acknowledged_by, "anna");
  const auto commits = driver_.take_commits();
  ASSERT_EQ(commits.size(), 1U);
  EXPECT_TRUE(commits[0].urgent);
  ASSERT_EQ(commits[0].decisions[0].alerts.size(), 1U);
  EXPECT_EQ(commits[0].decisions[0].alerts[0].step, IncidentStep::acknowledged);
  driver_.send(Committed{commits[0].seq});
  const auto replies = driver_.take_replies();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].ticket, 7U);
  EXPECT_EQ(replies[0].result.outcome, OperationOutcome::done);
  EXPECT_EQ(replies[0].result.incident->acknowledged_by, "anna");
  driver_.run(std::chrono::hours(5));
  EXPECT_EQ(told(driver_), Words{});
  driver_.see("web", "U");
  EXPECT_EQ(told(driver_), Words{"ops resolved"});
}

TEST_F(FollowedUp, TheSecondAcknowledgementIsRefusedAndSaysWhoseTheFirstWas) {
  acknowledge(1, incident().id);
  driver_.confirm_all();
  driver_.take_replies();
  driver_.take_commits();
  const Incident before = incident();
  for (const char* who : {"bert", "anna"}) {
    driver_.run(seconds(1));
    driver_.send(Operated{{Acknowledge{before.id}, who}, 2});
    const auto replies = driver_.take_replies();
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].result.outcome, OperationOutcome::refused);
    EXPECT_EQ(replies[0].result.detail, "anna acknowledged it at " + format_rfc3339(*before.acknowledged_at));
    EXPECT_EQ(incident(), before);
    EXPECT_TRUE(driver_.take_commits().empty());
  }
}

TEST_F(FollowedUp, AFailedCommitDelaysTheReplyOnly) {
  driver_.take_commits();
  acknowledge(1, incident().id);
  const auto commits = driver_.take_commits();
  driver_.send(CommitFailed{commits[0].seq, {CommitFault::unavailable, {}, "disk full"}, {}});
  EXPECT_TRUE(driver_.take_replies().empty());
  driver_.run(seconds(2));
  EXPECT_TRUE(driver_.take_replies().empty());
  driver_.confirm_all();
  ASSERT_EQ(driver_.take_replies().size(), 1U);
}

TEST_F(FollowedUp, AConflictRefusesIt) {
  driver_.take_commits();
  acknowledge(1, incident().id);
  const auto commits = driver_.take_commits();
  driver_.send(CommitFailed{commits[0].seq, {CommitFault::conflict, {ServiceId("web")}, "version"}, {}});
  const auto replies = driver_.take_replies();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].result.outcome, OperationOutcome::refused);
}

TEST_F(FollowedUp, WhatIsNotThereIsToldAtOnce) {
  acknowledge(1, IncidentId("NOSUCH"));
  driver_.send(Operated{{CheckNow{ServiceId("nosuch")}, "anna"}, 2});
  const auto replies = driver_.take_replies();
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].result.outcome, OperationOutcome::not_found);
  EXPECT_EQ(replies[1].result.outcome, OperationOutcome::not_found);
}

TEST_F(FollowedUp, CheckNowStartsTheServicesChecks) {
  driver_.run(seconds(1));
  driver_.take_probes();
  driver_.send(Operated{{CheckNow{ServiceId("web")}, "anna"}, 3});
  driver_.run(milliseconds(1));
  EXPECT_EQ(driver_.take_probes().size(), 1U);
  EXPECT_EQ(driver_.take_replies().size(), 1U);
}

TEST_F(FollowedUp, R9_AlsoNotWhenTheConfigIsReadAgain) {
  driver_.set_wall(-std::chrono::hours(24 * 3650));
  driver_.send(Catalogued{catalogue(), {}});
  driver_.run(std::chrono::minutes(10));
  const auto decisions = driver_.take_decisions();
  ASSERT_EQ(decisions.size(), 1U);
  ASSERT_EQ(decisions[0].alerts.size(), 1U);
  EXPECT_EQ(decisions[0].alerts[0].channel, pager);
  EXPECT_EQ(decisions[0].alerts[0].due_at, driver_.now().wall) << "not in ten years";
  driver_.run(std::chrono::minutes(60));
  EXPECT_EQ(told(driver_), Words{"pager reminder"});
}

TEST_F(FollowedUp, R9_RemindersOfOneChannelPutNoOtherOff) {
  auto reminding = std::make_shared<Catalogue>(*catalogue());
  reminding->channels[ChannelId("ops")].remind = std::chrono::minutes(3);
  driver_.send(Catalogued{reminding, {}});
  driver_.set_wall(-std::chrono::hours(24 * 3650));
  driver_.send(Catalogued{reminding, {}});
  driver_.run(std::chrono::minutes(10));
  EXPECT_EQ(told(driver_), (Words{"ops reminder", "ops reminder", "ops reminder", "pager opened"}));
}

TEST_F(FollowedUp, R9_AlsoNotWhenTheIncidentMovesOnMeanwhile) {
  driver_.run(std::chrono::minutes(9));
  driver_.set_wall(-std::chrono::hours(24 * 3650));
  driver_.see("web", "SDS");
  EXPECT_EQ(told(driver_), Words{});
  driver_.run(std::chrono::minutes(1));
  EXPECT_EQ(told(driver_), Words{"pager opened"});
}

}  // namespace
}  // namespace allclear::engine_incidents_test
