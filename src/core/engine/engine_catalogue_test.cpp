// Start, reload, pause, removal: what is kept, what ends, what begins.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using test::wall_s;

Incident open_incident(const std::string& service, const std::string& author = "") {
  Incident incident;
  incident.id = IncidentId("ID-" + service + author);
  incident.service = ServiceId(service);
  incident.worst = Verdict::down;
  incident.opened_at = wall_s(-60);
  incident.told.push_back({ChannelId("ops"), wall_s(-60)});
  incident.timeline.push_back({1, wall_s(-60), IncidentStep::opened, IncidentState::investigating, "", "", author});
  return incident;
}

StoredState stored(const std::string& service, Verdict verdict) {
  CheckState state;
  state.verdict = verdict;
  state.reason = test::usual_reason(verdict);
  state.since = wall_s(-60);
  state.last_at = wall_s(-10);
  state.version = 3;
  StoredState all;
  all.checks.push_back({EngineDriver::key_of(service), state});
  all.services.push_back({ServiceId(service), verdict, state.reason, false, wall_s(-60)});
  if (verdict == Verdict::down) all.open_incidents.push_back(open_incident(service));
  return all;
}

Service shop(const std::vector<std::string>& ids) {
  std::vector<Check> checks;
  for (const std::string& id : ids) checks.push_back(make_check("shop", id));
  return make_service("shop", std::move(checks));
}

Service disabled(const std::string& id) {
  Service service = make_service(id);
  service.enabled = false;
  return service;
}

TEST(Start, GoesOnWhereItWas) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}), stored("web", Verdict::down));
  EXPECT_TRUE(driver.take_commits().empty());
  EXPECT_EQ(driver.service().state.verdict, Verdict::down);
  ASSERT_NE(driver.service().open_incident, nullptr);
  driver.see("web", "D");
  EXPECT_FALSE(driver.take_decisions()[0].urgent()) << "a known down is not told again";
  driver.see("web", "U");
  const auto decisions = driver.take_decisions();
  EXPECT_EQ(decisions[0].incident->id, IncidentId("ID-web"));
  EXPECT_EQ(decisions[0].alerts[0].step, IncidentStep::resolved);
  EXPECT_EQ(decisions[0].state->version, 4U);
}

TEST(Start, ReopensAnIncidentThatEndedBeforeTheRestart) {
  StoredState all = stored("web", Verdict::up);
  Incident older = open_incident("web");
  older.id = IncidentId("OLDER");
  older.resolved_at = wall_s(-50);
  Incident newer = older;
  newer.id = IncidentId("NEWER");
  newer.resolved_at = wall_s(-70);  // by a clock that was set back between the two
  Incident manual = open_incident("web", "ops");
  manual.resolved_at = wall_s(-20);
  Incident still_open = open_incident("web", "ops");
  all.recent_incidents = {older, newer, manual, still_open, open_incident("gone")};
  all.open_incidents = {open_incident("web", "ops"), open_incident("gone")};
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}), all);
  EXPECT_EQ(driver.service().open_incident, nullptr) << "a manual one stands beside";
  driver.take_commits();
  driver.see("web", "DD");
  EXPECT_EQ(driver.service().open_incident->id, IncidentId("NEWER"));
}

TEST(Start, AServiceThatIsNotNamedAnyMoreEnds) {
  StoredState all = stored("gone", Verdict::down);
  all.open_incidents.push_back(open_incident("gone", "ops"));
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}), all);
  const auto decisions = driver.take_decisions();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].service, ServiceId("gone"));
  EXPECT_EQ(decisions[0].transition->to, Verdict::unknown);
  EXPECT_EQ(decisions[0].incident->id, IncidentId("ID-gone"));
  EXPECT_FALSE(decisions[0].incident->open());
  ASSERT_EQ(decisions[0].alerts.size(), 1U) << "who was told of it hears of its end";
  EXPECT_EQ(decisions[0].alerts[0].channel, ChannelId("ops"));
}

TEST(Start, AServiceThatEndedLongAgoIsLeftAlone) {
  StoredState all = stored("gone", Verdict::unknown);
  all.services[0].reason = Reason::paused;
  EngineDriver driver;
  driver.start(make_catalogue({}), all);
  EXPECT_TRUE(driver.take_commits().empty());
}

TEST(Pause, EndsTheIncidentAndCountsAsUnknown) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}), stored("web", Verdict::down));
  driver.send(Catalogued{make_catalogue({disabled("web")}), {}});
  const auto decisions = driver.take_decisions();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].transition->to, Verdict::unknown);
  EXPECT_EQ(decisions[0].service_state->reason, Reason::paused);
  EXPECT_EQ(decisions[0].incident->timeline.back().body, "Checking was paused.");
  EXPECT_EQ(decisions[0].alerts[0].step, IncidentStep::resolved);
  EXPECT_EQ(driver.service().state.reason, Reason::paused);
  driver.run(seconds(120));
  EXPECT_TRUE(driver.take_probes().empty());
  driver.observe("web", Verdict::up);
  EXPECT_EQ(driver.counters().ignored, 1U);
}

TEST(Pause, AfterItEverythingIsJudgedAfresh) {
  StoredState all = stored("web", Verdict::down);
  all.open_incidents.clear();
  all.services[0] = {ServiceId("web"), Verdict::unknown, Reason::paused, false, wall_s(-5)};
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}), all);
  EXPECT_EQ(driver.service().state.reason, Reason::no_data);
  EXPECT_EQ(driver.service().checks[0].state.verdict, Verdict::unknown);
  EXPECT_EQ(driver.state_of("web").version, 3U);
  driver.see("web", "D");
  EXPECT_EQ(driver.service().state.verdict, Verdict::unknown) << "the old streak does not count";
  driver.see("web", "D");
  EXPECT_EQ(driver.service().state.verdict, Verdict::down);
  EXPECT_EQ(driver.take_decisions().back().transition->at, wall_s(1));
}

TEST(Pause, AServiceThatNeverRanIsShownPausedWithoutADecision) {
  EngineDriver driver;
  Check off = make_check("b", "b");
  off.enabled = false;
  driver.start(make_catalogue({disabled("a"), make_service("b", {off})}));
  EXPECT_TRUE(driver.take_commits().empty());
  EXPECT_EQ(driver.service(0).state.reason, Reason::paused);
  EXPECT_EQ(driver.service(1).state.reason, Reason::paused);
}

TEST(Reload, KeepsStatesAndPlacesOfWhatStays) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("a"), make_service("b")}));
  driver.see("a", "UDD");
  driver.see("b", "U");
  driver.confirm_all();
  const MonotonicTime wake = driver.wake();
  Service renamed = make_service("a");
  renamed.name = "Another name";
  driver.send(Catalogued{make_catalogue({make_service("b"), renamed}), {}});
  EXPECT_TRUE(driver.take_commits().empty());
  EXPECT_EQ(driver.wake(), wake);
  EXPECT_EQ(driver.service(0).state.verdict, Verdict::up);
  EXPECT_EQ(driver.service(1).state.verdict, Verdict::down);
  EXPECT_EQ(driver.service(1).service->name.value(), "Another name");
  EXPECT_NE(driver.service(1).open_incident, nullptr);
}

TEST(Reload, AnotherIntervalMakesAnotherGrid) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}));
  driver.see("web", "U");
  Check fast = make_check("web", "web");
  fast.interval = seconds(2);
  driver.send(Catalogued{make_catalogue({make_service("web", {fast})}), {}});
  driver.run(seconds(2));
  ASSERT_EQ(driver.take_probes().size(), 1U);
}

TEST(Reload, ARemovedServiceEndsAndItsChannelsAreTold) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web"), make_service("db")}), stored("web", Verdict::down));
  driver.send(Catalogued{make_catalogue({make_service("db")}), {}});
  const auto decisions = driver.take_decisions();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].service, ServiceId("web"));
  EXPECT_EQ(decisions[0].alerts[0].step, IncidentStep::resolved);
  EXPECT_EQ(driver.engine().services().size(), 1U);
  driver.observe("web", Verdict::up);
  EXPECT_EQ(driver.counters().ignored, 1U);
}

TEST(Reload, AServiceThatReturnsGoesOnFromItsStoredRows) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("db")}));
  const auto both = make_catalogue({make_service("web"), make_service("db")});
  StoredState kept = stored("web", Verdict::up);
  const std::uint64_t version = kept.checks.at(0).state.version;
  ASSERT_GT(version, 0U);
  kept.services[0] = {ServiceId("web"), Verdict::unknown, Reason::paused, false, wall_s(-60)};  // it ended when it left
  driver.send(Catalogued{both, kept});
  driver.observe("web", Verdict::down);
  driver.observe("web", Verdict::down);
  const auto decisions = driver.take_decisions();
  ASSERT_FALSE(decisions.empty());
  ASSERT_TRUE(decisions[0].state.has_value());
  EXPECT_EQ(decisions[0].state->version, version + 1);
}

TEST(Reload, ACheckThatReturnsIsJudgedAfreshWhateverItWasWhenItLeft) {
  const CheckKey web{ServiceId("shop"), CheckId("web"), local_location()};
  const CheckKey legacy{ServiceId("shop"), CheckId("legacy"), local_location()};
  EngineDriver driver;
  driver.start(make_catalogue({shop({"web"})}));
  driver.observe(web, Verdict::up);
  driver.confirm_all();
  StoredState kept;
  kept.checks.push_back({legacy, stored("shop", Verdict::down).checks[0].state});
  kept.checks[0].state.at_least_down = {wall_s(-60), 1, Reason::refused};
  driver.send(Catalogued{make_catalogue({shop({"web", "legacy"})}), kept});
  EXPECT_TRUE(driver.take_decisions().empty());
  EXPECT_EQ(driver.service().open_incident, nullptr);
  driver.pass(seconds(1));
  driver.observe(legacy, Verdict::down);  // one of two that are needed
  EXPECT_EQ(driver.service().open_incident, nullptr);
}

TEST(Reload, ACheckThatIsSwitchedOnAgainIsJudgedAfresh) {
  const CheckKey web{ServiceId("shop"), CheckId("web"), local_location()};
  const CheckKey admin{ServiceId("shop"), CheckId("admin"), local_location()};
  Service all = shop({"web", "admin"});
  Service without = all;
  Check off = *without.checks[1];
  off.enabled = false;
  without.checks[1] = std::make_shared<const Check>(off);
  EngineDriver driver;
  driver.start(make_catalogue({all}));
  driver.observe(web, Verdict::up);
  for (int i = 0; i < 3; ++i) {
    driver.pass(seconds(1));
    driver.observe(admin, Verdict::down);
  }
  ASSERT_NE(driver.service().open_incident, nullptr);
  driver.send(Catalogued{make_catalogue({without}), {}});
  EXPECT_EQ(driver.service().state.verdict, Verdict::up);
  EXPECT_EQ(driver.service().open_incident, nullptr);
  driver.send(Catalogued{make_catalogue({all}), {}});
  EXPECT_EQ(driver.service().state.verdict, Verdict::up) << "what it was when it was switched off says nothing about now";
  EXPECT_EQ(driver.service().open_incident, nullptr);
  for (int i = 0; i < 3; ++i) {
    driver.pass(seconds(1));
    driver.observe(admin, Verdict::down);
  }
  EXPECT_NE(driver.service().open_incident, nullptr);
}

TEST(Start, ACheckThatWasRemovedAndReturnsIsJudgedAfresh) {
  EngineDriver driver;
  StoredState kept = stored("web", Verdict::down);
  kept.open_incidents.clear();
  kept.services[0] = {ServiceId("web"), Verdict::unknown, Reason::paused, false, wall_s(-60)};
  kept.checks[0].archived = true;
  driver.start(make_catalogue({make_service("web")}), kept);
  EXPECT_TRUE(driver.take_decisions().empty());
  EXPECT_EQ(driver.service().open_incident, nullptr);
  EXPECT_EQ(driver.state_of("web").version, 3U);
}

TEST(Reload, WhatWasDecidedAndMayNotBeStoredYetIsNewerThanWhatTheStoreKept) {
  EngineDriver driver;
  const StoredState kept = stored("web", Verdict::down);
  driver.start(make_catalogue({make_service("web"), make_service("db")}), kept);
  driver.send(Catalogued{make_catalogue({make_service("db")}), {}});
  ASSERT_EQ(driver.take_decisions().size(), 1U);  // its end, not confirmed as durable
  driver.send(Catalogued{make_catalogue({make_service("web"), make_service("db")}), kept});
  EXPECT_EQ(driver.service(0).state.verdict, Verdict::unknown);
  EXPECT_EQ(driver.service(0).open_incident, nullptr);
}

TEST(Reload, WhatTheStoreKeptOfAServiceThatStaysIsOlderThanWhatIsKnown) {
  EngineDriver driver;
  const auto catalogue = make_catalogue({make_service("web")});
  driver.start(catalogue);
  driver.see("web", "UDD");
  driver.send(Catalogued{catalogue, stored("web", Verdict::up)});
  EXPECT_EQ(driver.service(0).state.verdict, Verdict::down);
  EXPECT_NE(driver.service(0).open_incident, nullptr);
}

TEST(Reload, OneThatWaitsForAPlaceIsForgottenWithItsService) {
  Check check = make_check("a", "a");
  check.interval = seconds(5);
  Check other = make_check("b", "b");
  other.interval = seconds(5);
  EngineDriver driver({1, 0});
  driver.start(make_catalogue({make_service("a", {check}), make_service("b", {other})}));
  driver.run(seconds(5));
  const auto flying = driver.take_probes();
  ASSERT_EQ(flying.size(), 1U);
  driver.send(Catalogued{make_catalogue({}), {}});
  driver.observe(flying[0].key, Verdict::up);
  EXPECT_TRUE(driver.take_probes().empty());
  EXPECT_EQ(driver.engine().in_flight(), 0U);
  EXPECT_TRUE(driver.engine().idle());
}

TEST(Reload, RemovingTheCheckThatFailedEndsTheIncident) {
  const CheckKey reach{ServiceId("shop"), CheckId("reach"), local_location()};
  const CheckKey list{ServiceId("shop"), CheckId("list"), local_location()};
  EngineDriver driver;
  driver.start(make_catalogue({shop({"reach", "list"})}));
  for (int i = 0; i < 2; ++i) {
    driver.pass(seconds(1));
    driver.observe(reach, Verdict::up);
    driver.observe(list, Verdict::down);
  }
  ASSERT_NE(driver.service().open_incident, nullptr);
  driver.take_commits();
  driver.pass(seconds(30));
  driver.send(Catalogued{make_catalogue({shop({"reach", "new"})}), {}});
  const auto decisions = driver.take_decisions();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].transition->to, Verdict::up);
  EXPECT_EQ(decisions[0].transition->at, driver.now().wall);
  EXPECT_FALSE(decisions[0].incident->open());
  EXPECT_EQ(driver.service().open_incident, nullptr);
}

TEST(Reload, AnEngineMovesWhole) {
  EngineDriver driver;
  driver.start(make_catalogue({make_service("web")}));
  driver.see("web", "U");
  Engine moved = std::move(driver.engine());
  EXPECT_EQ(moved.services()[0].state.verdict, Verdict::up);
  Engine target({1, 1});
  target = std::move(moved);
  EXPECT_EQ(target.services().size(), 1U);
}

}  // namespace
}  // namespace allclear
