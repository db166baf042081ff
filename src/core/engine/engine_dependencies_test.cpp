// Services that depend on others: one page for the root, none for what it takes down, none lost.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using test::all_up;
using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using Words = std::vector<std::string>;

// Hours between regular checks: what starts within a test was asked for.
Service service(const std::string& id, const std::vector<std::string>& parents) {
  Check check = make_check(id, id);
  check.interval = std::chrono::hours(24 * 300);
  check.timeout = seconds(10);
  check.confirm = {2, 1, seconds(5)};
  Service made = make_service(id, {check});
  std::vector<ServiceId> depends_on;
  for (const std::string& parent : parents) depends_on.emplace_back(parent);
  made.depends_on = std::move(depends_on);
  return made;
}

std::shared_ptr<const Catalogue> shop() {
  return make_catalogue({service("db", {}), service("app", {"db"}), service("web", {"app"})});
}

class DependentServices : public testing::Test {
 protected:
  DependentServices() { driver_.start(shop(), all_up(*shop())); }

  void see(const std::string& id, const std::string& verdicts) { driver_.see(id, verdicts); }
  Words told() { return driver_.take_told(); }
  Words started() {
    Words ids;
    for (const StartProbe& probe : driver_.take_probes()) ids.push_back(probe.key.service.value());
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  const ServiceSnapshot& at(std::size_t row) { return driver_.service(row); }

  EngineDriver driver_;
};

constexpr std::size_t db = 0, app = 1, web = 2;

TEST_F(DependentServices, WhatTheRootTakesDownIsNotTold) {
  see("db", "DD");
  EXPECT_EQ(told(), Words{"db opened"});
  see("app", "DD");
  see("web", "DD");
  EXPECT_EQ(told(), Words{});
  EXPECT_EQ(at(app).state.verdict, Verdict::down) << "the page shows it";
  EXPECT_EQ(at(app).open_incident, nullptr);
  EXPECT_EQ(at(db).open_incident->affects, (std::vector{ServiceId("app"), ServiceId("web")}));
  driver_.run(std::chrono::hours(1));
  EXPECT_EQ(told(), Words{}) << "as long as it takes";
  see("db", "U");
  EXPECT_EQ(told(), Words{"db resolved"});
  see("app", "U");
  see("web", "U");
  driver_.run(std::chrono::hours(1));
  EXPECT_EQ(told(), Words{});
}

TEST(ManyChildren, AnIncidentNamesTheFirst200OfThem) {
  std::vector<Service> services{service("db", {})};
  for (int i = 0; i < 250; ++i) services.push_back(service("app-" + std::to_string(i), {"db"}));
  const auto catalogue = make_catalogue(std::move(services));
  EngineDriver driver;
  driver.start(catalogue, all_up(*catalogue));
  driver.see("db", "DD");
  for (int i = 0; i < 250; ++i) driver.see("app-" + std::to_string(i), "DD");
  ASSERT_NE(driver.service(0).open_incident, nullptr);
  EXPECT_EQ(driver.service(0).open_incident->affects.size(), 200U);
  EXPECT_EQ(driver.service(250).open_incident, nullptr) << "the others are held as well";
}

TEST_F(DependentServices, AChildThatFlapsBelowAParentThatIsDownIsNotToldOf) {
  see("db", "DD");
  told();
  see("app", "DUDUDUDUDUDUD");
  EXPECT_EQ(told(), Words{});
  driver_.send(Catalogued{shop(), {}});
  EXPECT_EQ(told(), Words{}) << "nor by a reload";
  see("db", "U");
  told();
  see("app", "D");
  EXPECT_EQ(told(), Words{"app flapping_started"});
}

TEST_F(DependentServices, AFailingChildHasItsParentLookedAtAtOnce) {
  see("app", "D");
  driver_.run(milliseconds(0));
  EXPECT_EQ(started(), Words{"db"});
  see("app", "D");
  EXPECT_EQ(told(), Words{}) << "the parent has not answered";
  see("db", "D");
  EXPECT_EQ(told(), Words{}) << "one more result and it is down";
  see("db", "D");
  EXPECT_EQ(told(), Words{"db opened"});
  EXPECT_EQ(at(db).open_incident->affects, std::vector{ServiceId("app")});
}

TEST_F(DependentServices, WithAHealthyParentItIsToldAtOnce) {
  see("app", "D");
  const WallTime began = driver_.now().wall;
  see("db", "U");
  see("app", "D");
  EXPECT_EQ(told(), Words{"app opened"});
  EXPECT_EQ(at(app).open_incident->opened_at, began);
  EXPECT_NE(at(app).open_incident->timeline[0].evidence, "");
  EXPECT_TRUE(at(app).open_incident->affects.empty());
}

TEST_F(DependentServices, AParentThatDoesNotAnswerDelaysByARetryAndATimeoutAtMost) {
  see("app", "DD");
  const WallTime began = driver_.now().wall - seconds(1);
  driver_.run(seconds(14));
  EXPECT_EQ(told(), Words{});
  driver_.run(seconds(1));
  EXPECT_EQ(told(), Words{"app opened"});
  EXPECT_EQ(at(app).open_incident->opened_at, began);
  see("db", "DD");
  EXPECT_EQ(told(), Words{"db opened"});
  see("db", "U");
  see("app", "U");
  EXPECT_EQ(told(), (Words{"db resolved", "app resolved"})) << "a recovery is never suppressed";
}

TEST_F(DependentServices, AParentThatAnswersWellInTimeReleasesTheChild) {
  see("app", "DD");
  EXPECT_EQ(told(), Words{});
  see("db", "U");
  EXPECT_EQ(told(), Words{"app opened"});
}

TEST_F(DependentServices, TheParentRecoversAndTheChildDoesNot) {
  see("db", "DD");
  see("app", "DD");
  const WallTime began = driver_.now().wall - seconds(1);
  told();
  driver_.run(seconds(60));
  started();
  see("db", "U");
  EXPECT_EQ(told(), Words{"db resolved"});
  driver_.run(milliseconds(0));
  EXPECT_EQ(started(), Words{"app"}) << "asked at once";
  see("app", "D");
  EXPECT_EQ(told(), Words{"app opened"});
  EXPECT_EQ(at(app).open_incident->opened_at, began);
}

TEST_F(DependentServices, AChildThatNeverAnswersAfterTheRecoveryIsTold) {
  see("db", "DD");
  see("app", "DD");
  see("db", "U");
  told();
  driver_.run(seconds(15));
  EXPECT_EQ(told(), Words{"app opened"});
}

TEST_F(DependentServices, TheMiddleOfAChainTakesOverAsTheRoot) {
  see("db", "DD");
  see("app", "DD");
  see("web", "DD");
  told();
  see("db", "U");
  see("app", "D");
  EXPECT_EQ(told(), (Words{"db resolved", "app opened"}));
  EXPECT_EQ(at(app).open_incident->affects, std::vector{ServiceId("web")});
  see("app", "U");
  see("web", "D");
  EXPECT_EQ(told(), (Words{"app resolved", "web opened"}));
}

TEST_F(DependentServices, AnEscalationIsHeldToo) {
  see("db", "U");
  see("app", "S");
  see("db", "U");
  see("app", "S");
  EXPECT_EQ(told(), Words{"app opened"});
  see("db", "DD");
  see("app", "DD");
  EXPECT_EQ(told(), Words{"db opened"});
  see("db", "U");
  see("app", "D");
  EXPECT_EQ(told(), (Words{"db resolved", "app escalated"}));
}

TEST_F(DependentServices, AConfigThatDropsTheDependencyReleasesIt) {
  see("db", "DD");
  see("app", "DD");
  told();
  driver_.send(Catalogued{make_catalogue({service("db", {}), service("app", {})}), {}});
  EXPECT_EQ(told(), Words{"app opened"});
}

TEST_F(DependentServices, ARestartHoldsOnAndLosesNothing) {
  see("db", "DD");
  see("app", "DD");
  StoredState stored = all_up(*shop());
  for (std::size_t row = 0; row < 3; ++row) {
    stored.services[row] = at(row).state;
    stored.checks[row].state = driver_.state_of(at(row).service->id.value());
  }
  stored.open_incidents.push_back(*at(db).open_incident);
  EngineDriver again;
  again.pass(std::chrono::minutes(1));
  again.start(shop(), stored);
  again.run(seconds(20));
  for (const Decision& decision : again.take_decisions()) EXPECT_TRUE(decision.alerts.empty());
  again.see("db", "U");
  again.see("app", "D");
  std::size_t opened = 0;
  for (const Decision& decision : again.take_decisions()) {
    for (const Alert& alert : decision.alerts) opened += alert.step == IncidentStep::opened ? 1 : 0;
  }
  EXPECT_EQ(opened, 1U);
}

TEST_F(DependentServices, AFirstResultThatIsNotAnnouncedIsNotHeldEither) {
  Service quiet = service("app", {"db"});
  quiet.alerts_on_first = false;
  EngineDriver fresh;
  fresh.start(make_catalogue({service("db", {}), quiet}));
  fresh.see("app", "DD");
  ASSERT_NE(fresh.service(1).open_incident, nullptr);
  EXPECT_FALSE(fresh.service(1).open_incident->announced);
}

}  // namespace
}  // namespace allclear
