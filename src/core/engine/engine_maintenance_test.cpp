// Announced work: checked on, not told, told when it is over.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_maintenance_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::all_up;
using test::EngineDriver;
using test::make_check;
using test::make_service;
using test::wall;
using Words = std::vector<std::string>;

Service service(const std::string& id, const std::vector<ServiceId>& parents = {}) {
  Check check = make_check(id, id);
  check.interval = hours(24 * 300);  // what is seen is what the test shows
  check.confirm = {2, 1, seconds(5)};
  Service made = make_service(id, {check});
  made.depends_on = std::vector<ServiceId>(parents);
  return made;
}

constexpr milliseconds ahead = minutes(10);

// db, and app that needs it; work on db from ten minutes after the start on, for an hour.
std::shared_ptr<Catalogue> shop(ChannelPolicies policies = {}) {
  auto catalogue = std::make_shared<Catalogue>(
      *test::make_catalogue({service("db"), service("app", {ServiceId("db")})}, std::move(policies)));
  Maintenance work;
  work.id = MaintenanceId("work");
  work.title = "DB upgrade";
  work.zone = std::make_shared<const ZoneRules>();
  work.start = LocalTime(std::chrono::floor<seconds>(wall(0) + ahead).time_since_epoch());
  work.lasts = hours(1);
  work.services = {ServiceId("db")};
  catalogue->maintenances.push_back(std::make_shared<const Maintenance>(work));
  return catalogue;
}

class MaintenanceOfServices : public testing::Test {
 protected:
  void start(ChannelPolicies policies = {}) { driver_.start(shop(std::move(policies)), all_up(*shop())); }
  void go_to(milliseconds since_start) { driver_.run(wall(0) + since_start - driver_.now().wall); }
  Words told() { return driver_.take_told(); }
  ShownState shown(std::size_t row) {
    const ServiceState& state = driver_.service(row).state;
    return to_shown(state.verdict, state.maintenance);
  }

  EngineDriver driver_;
};

constexpr std::size_t db = 0, app = 1;

TEST_F(MaintenanceOfServices, WhatFailsInAWindowIsToldWhenItIsOver) {
  start();
  go_to(ahead - minutes(1));
  EXPECT_EQ(shown(db), ShownState::up);
  go_to(ahead);
  EXPECT_EQ(shown(db), ShownState::maintenance);
  driver_.see("db", "DDD");
  EXPECT_EQ(shown(db), ShownState::maintenance);
  EXPECT_EQ(driver_.service(db).state.reason, Reason::refused) << "what its checks say";
  EXPECT_EQ(driver_.service(db).open_incident, nullptr);
  go_to(ahead + hours(1) - seconds(1));
  EXPECT_EQ(told(), Words{});
  go_to(ahead + hours(1));
  EXPECT_EQ(told(), Words{"db opened"});
  EXPECT_EQ(shown(db), ShownState::down);
  EXPECT_EQ(driver_.service(db).open_incident->opened_at, wall(0) + ahead + hours(1)) << "the work was no outage";
}

TEST_F(MaintenanceOfServices, R9_AWindowThatASetClockBringsOnceMoreOpensAnotherIncident) {
  start();
  go_to(ahead);
  driver_.see("db", "DDD");
  go_to(ahead + hours(1));
  ASSERT_NE(driver_.service(db).open_incident, nullptr);
  const Incident first = *driver_.service(db).open_incident;
  driver_.see("db", "U");
  ASSERT_EQ(shown(db), ShownState::up);
  StoredState stored = all_up(*shop());
  stored.checks[0].state = driver_.state_of("db");
  stored.services[0] = driver_.service(db).state;
  driver_ = EngineDriver();  // an hour back, and the first one is nowhere to be seen
  driver_.start(shop(), stored);
  go_to(ahead);
  for (int i = 0; i < 3; ++i) {
    driver_.send(Operated{{CheckNow{ServiceId("db")}, "anna"}, 1});
    driver_.run(seconds(1));
    for (const StartProbe& probe : driver_.take_probes())
      driver_.send(Observed{probe.key, test::make_result(Verdict::down, driver_.now().wall), probe.flight});
  }
  go_to(ahead + hours(1));
  ASSERT_NE(driver_.service(db).open_incident, nullptr);
  EXPECT_EQ(driver_.service(db).open_incident->opened_at, first.opened_at);
  EXPECT_NE(driver_.service(db).open_incident->id, first.id);
}

TEST_F(MaintenanceOfServices, WhatIsWellAgainAtTheEndIsNotSpokenOf) {
  start();
  go_to(ahead);
  driver_.see("db", "DDDU");
  go_to(ahead + hours(2));
  EXPECT_EQ(told(), Words{});
  EXPECT_EQ(shown(db), ShownState::up);
}

TEST_F(MaintenanceOfServices, AnIncidentFromBeforeWaitsAndIsResolvedAfterwards) {
  ChannelPolicies policies;
  policies[ChannelId("ops")].remind = minutes(5);
  start(policies);
  go_to(ahead - minutes(7));
  driver_.see("db", "DD");
  go_to(ahead - minutes(1));
  EXPECT_EQ(told(), (Words{"db opened", "db reminder"}));
  go_to(ahead + minutes(30));
  EXPECT_EQ(told(), Words{}) << "nobody is reminded of what is being worked on";
  ASSERT_NE(driver_.service(db).open_incident, nullptr);
  driver_.see("db", "U");
  const WallTime up_at = driver_.now().wall;
  go_to(ahead + minutes(40));
  driver_.see("db", "U");
  go_to(ahead + hours(1));
  const std::vector<Decision> decisions = driver_.take_decisions();
  const auto end =
      std::find_if(decisions.begin(), decisions.end(), [](const Decision& one) { return !one.alerts.empty(); });
  ASSERT_NE(end, decisions.end());
  ASSERT_TRUE(end->incident);
  EXPECT_EQ(end->alerts[0].step, IncidentStep::resolved);
  const Incident& over = *end->incident;
  EXPECT_EQ(over.resolved_at, up_at) << "its end is that of the outage, not that of the window";
  EXPECT_EQ(over.timeline.back().at, wall(0) + ahead + hours(1)) << "when it was told";
  EXPECT_EQ(over.timeline.back().body, "Service db is up again after 37 min");
  EXPECT_EQ(driver_.service(db).state.since, wall(0) + ahead + hours(1)) << "till then it was under maintenance";
}

TEST_F(MaintenanceOfServices, OneThatOutlastsTheWindowIsRemindedOfAgain) {
  ChannelPolicies policies;
  policies[ChannelId("ops")].remind = minutes(5);
  start(policies);
  driver_.see("db", "DD");
  go_to(ahead + minutes(59));
  (void)told();
  go_to(ahead + hours(1) + minutes(6));
  EXPECT_EQ(told(), (Words{"db reminder", "db reminder"}));
  EXPECT_EQ(shown(db), ShownState::down);
}

TEST_F(MaintenanceOfServices, AChildOfAParentThatIsWorkedOnIsHeldUntilItIsKnownWhoseFaultItIs) {
  start();
  go_to(ahead);
  driver_.see("db", "DD");
  driver_.see("app", "DD");
  go_to(ahead + minutes(59));
  EXPECT_EQ(told(), Words{});
  EXPECT_EQ(shown(app), ShownState::down) << "it is not worked on itself";
  go_to(ahead + hours(1));
  EXPECT_EQ(told(), Words{"db opened"});
  EXPECT_EQ(driver_.service(db).open_incident->affects, std::vector{ServiceId("app")});
}

TEST_F(MaintenanceOfServices, AChildFailsByItselfWhileItsParentIsWorkedOnAndWell) {
  start();
  go_to(ahead);
  driver_.see("db", "U");
  driver_.see("app", "DD");
  driver_.see("db", "U");
  EXPECT_EQ(told(), Words{"app opened"});
}

TEST_F(MaintenanceOfServices, R9_FollowsTheWallClockWhenItIsSet) {
  start();
  driver_.set_wall(ahead + minutes(5));
  driver_.see("db", "D");
  EXPECT_EQ(shown(db), ShownState::maintenance);
  driver_.see("db", "DD");
  driver_.set_wall(-hours(3));
  driver_.see("db", "D");
  EXPECT_EQ(told(), Words{"db opened"}) << "the work is ahead again";
  driver_.set_wall(hours(3));
  driver_.see("db", "D");
  EXPECT_EQ(shown(db), ShownState::maintenance);
}

TEST_F(MaintenanceOfServices, ARestartWithinAWindowChangesNothing) {
  start();
  go_to(ahead);
  driver_.see("db", "DD");
  StoredState stored = all_up(*shop());
  stored.services[db] = driver_.service(db).state;
  stored.checks[db].state = driver_.state_of("db");
  EngineDriver again;
  again.pass(ahead + minutes(5));
  again.start(shop(), stored);
  EXPECT_EQ(again.take_decisions().size(), 0U);
  EXPECT_TRUE(again.service(db).state.maintenance);
  again.run(hours(1));
  ASSERT_NE(again.service(db).open_incident, nullptr);
}

TEST_F(MaintenanceOfServices, OneThatEndedWhileTheMonitorWasAwayIsOver) {
  StoredState stored = all_up(*shop());
  stored.services[db].verdict = Verdict::unknown;
  stored.services[db].maintenance = true;
  driver_.pass(hours(3));
  driver_.start(shop(), stored);
  EXPECT_EQ(shown(db), ShownState::up);
  EXPECT_EQ(told(), Words{});
}

TEST_F(MaintenanceOfServices, AConfigWithoutItEndsIt) {
  start();
  go_to(ahead);
  driver_.see("db", "DD");
  auto without = std::make_shared<Catalogue>(*shop());
  without->maintenances.clear();
  driver_.send(Catalogued{without, {}});
  EXPECT_EQ(told(), Words{"db opened"});
  EXPECT_EQ(shown(db), ShownState::down);
}

TEST_F(MaintenanceOfServices, AtAStartAfterTheWindowAChildWaitsForItsParent) {
  const auto catalogue = shop();
  StoredState stored = all_up(*catalogue);
  for (StoredCheck& check : stored.checks) {
    check.state.verdict = check.state.last_verdict = Verdict::down;
    check.state.reason = check.state.last_reason = Reason::refused;
  }
  for (ServiceState& state : stored.services) {
    state.verdict = Verdict::unknown;
    state.maintenance = true;
  }
  driver_.start(catalogue, stored);
  EXPECT_EQ(told(), Words{"db opened"});
  EXPECT_EQ(driver_.service(app).state.verdict, Verdict::down);
}

// db turns first, which lets its children go: app's own window begins in the same moment.
TEST_F(MaintenanceOfServices, AWindowForBothTellsNothingOfTheOneThatWasHeld) {
  const auto catalogue = shop();
  auto both = std::make_shared<Catalogue>(*catalogue);
  auto work = std::make_shared<Maintenance>(*both->maintenances[0]);
  work->services = {ServiceId("db"), ServiceId("app")};
  both->maintenances[0] = work;
  driver_.start(both, all_up(*both));
  driver_.see("db", "DD");
  driver_.see("app", "DD");
  EXPECT_EQ(told(), Words{"db opened"});
  go_to(ahead - seconds(2));
  driver_.see("db", "U");
  EXPECT_EQ(told(), Words{"db resolved"});
  go_to(ahead + minutes(5));
  EXPECT_EQ(told(), Words{});
  EXPECT_EQ(shown(app), ShownState::maintenance);
}

class PlannedMaintenance : public MaintenanceOfServices {
 protected:
  // The answer, once it is durable; what was stored is kept.
  OperationResult ask(decltype(Operation::action) action) {
    driver_.send(Operated{{std::move(action), "ada"}, 7});
    for (const Commit& commit : driver_.take_commits()) {
      for (const Decision& decision : commit.decisions) {
        for (const Alert& alert : decision.alerts)
          told_.push_back(alert.service.value() + " " + std::string(to_string(alert.step)));
        if (!decision.plan) continue;
        std::erase_if(stored_, [&](const auto& plan) { return plan->id == decision.plan->maintenance->id; });
        if (!decision.plan->dropped) stored_.push_back(decision.plan->maintenance);
      }
      EXPECT_TRUE(driver_.take_replies().empty()) << "not before it is stored";
      driver_.send(Committed{commit.seq});
    }
    auto replies = driver_.take_replies();
    EXPECT_EQ(replies.size(), 1U);
    return replies.empty() ? OperationResult{} : replies[0].result;
  }
  OperationResult plan(milliseconds from, milliseconds to, const std::string& service = "app") {
    return ask(PlanMaintenance{"Move", {ServiceId(service)}, wall(0) + from, wall(0) + to});
  }

  std::vector<std::shared_ptr<const Maintenance>> stored_;
  Words told_;
};

TEST_F(PlannedMaintenance, IsAnsweredWhenItIsStoredAndHoldsForItsTime) {
  start();
  const OperationResult made = plan(minutes(2), minutes(4));
  ASSERT_EQ(made.outcome, OperationOutcome::done) << made.detail;
  ASSERT_EQ(stored_.size(), 1U);
  EXPECT_EQ(stored_[0]->planned_by, "ada");
  EXPECT_EQ(driver_.engine().maintenances().size(), 2U) << "beside the file's";
  EXPECT_EQ(shown(app), ShownState::up);
  go_to(minutes(3));
  EXPECT_EQ(shown(app), ShownState::maintenance);
  driver_.see("app", "DD");
  go_to(minutes(5));
  EXPECT_EQ(shown(app), ShownState::down);
  EXPECT_EQ(told(), Words{"app opened"}) << "when it is over";
}

TEST_F(PlannedMaintenance, BeginsAtOnceAndEndsWhenItIsDropped) {
  start();
  const OperationResult made = plan(milliseconds(0), hours(4));
  EXPECT_EQ(shown(app), ShownState::maintenance);
  const OperationResult dropped = ask(DropMaintenance{made.maintenance->id});
  EXPECT_EQ(dropped.outcome, OperationOutcome::done);
  EXPECT_EQ(shown(app), ShownState::up);
  EXPECT_TRUE(stored_.empty());
  EXPECT_EQ(ask(DropMaintenance{made.maintenance->id}).outcome, OperationOutcome::not_found);
}

TEST_F(PlannedMaintenance, R1_SurvivesARestartAndAReload) {
  start();
  plan(minutes(2), minutes(4));
  StoredState stored = all_up(*shop());
  stored.planned = stored_;
  driver_.start(shop(), stored);
  driver_.send(Catalogued{shop(), {}});
  go_to(minutes(3));
  EXPECT_EQ(shown(app), ShownState::maintenance);
}

TEST_F(PlannedMaintenance, WhatDoesNotFitIsRefusedWithTheReason) {
  start();
  EXPECT_EQ(plan(minutes(1), minutes(2), "nobody").detail, "services: there is no service nobody");
  EXPECT_EQ(plan(-minutes(2), -minutes(1)).detail, "ends_at: this time is over");
  const OperationResult of_file = ask(DropMaintenance{MaintenanceId("work")});
  EXPECT_EQ(of_file.outcome, OperationOutcome::refused);
  EXPECT_NE(of_file.detail.find("config file"), std::string::npos);
  EXPECT_TRUE(stored_.empty());
}

TEST_F(PlannedMaintenance, WhatIsLongOverIsForgottenWithTheNextPlan) {
  start();
  plan(minutes(1), minutes(2));
  go_to(hours(20));
  plan(hours(21), hours(22));
  EXPECT_EQ(stored_.size(), 2U) << "it can still be asked for";
  go_to(hours(48));
  plan(hours(49), hours(50));
  EXPECT_EQ(stored_.size(), 1U);
}

}  // namespace
}  // namespace allclear::engine_maintenance_test
