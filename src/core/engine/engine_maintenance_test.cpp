// Announced work: checked on, not told, told when it is over.
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
  go_to(ahead + hours(1));
  EXPECT_EQ(told(), Words{"db resolved"});
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

}  // namespace
}  // namespace allclear::engine_maintenance_test
