// Decisions: what is committed, when it is urgent, and what happens when the store refuses or disagrees.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using test::wall;

EngineDriver started(std::vector<Service> services = {make_service("web")}) {
  EngineDriver driver;
  driver.start(make_catalogue(std::move(services)));
  return driver;
}

CommitFailed unavailable(std::uint64_t seq) { return {seq, {CommitFault::unavailable, {}, "disk full"}, {}}; }

CommitFailed conflict(std::uint64_t seq, std::vector<ServiceId> services, StoredState reloaded = {}) {
  return {seq, {CommitFault::conflict, std::move(services), "version"}, std::move(reloaded)};
}

TEST(Commits, EveryResultIsOneRowAndTheStateOnlyWhenItChanges) {
  EngineDriver driver = started();
  driver.see("web", "UUUDU");
  const auto decisions = driver.take_decisions();
  ASSERT_EQ(decisions.size(), 5U);
  const bool has_state[] = {true, false, false, true, true};
  std::uint64_t version = 0;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    EXPECT_TRUE(decisions[i].result.has_value());
    EXPECT_EQ(decisions[i].key, EngineDriver::key_of("web"));
    ASSERT_EQ(decisions[i].state.has_value(), has_state[i]) << i;
    if (!has_state[i]) continue;
    EXPECT_EQ(decisions[i].state->version, ++version);
  }
}

TEST(Commits, ATransitionIsUrgentAQuietResultIsNot) {
  EngineDriver driver = started();
  driver.see("web", "UUDD");
  const auto commits = driver.take_commits();
  ASSERT_EQ(commits.size(), 4U);
  EXPECT_TRUE(commits[0].urgent);
  EXPECT_FALSE(commits[1].urgent);
  EXPECT_FALSE(commits[2].urgent);
  EXPECT_TRUE(commits[3].urgent);
  EXPECT_EQ(commits[3].decisions[0].alerts.size(), 1U);
  EXPECT_EQ(commits[3].decisions[0].incident->opened_at, commits[2].decisions[0].result->at);
}

TEST(Commits, OneIncidentFromOpeningToResolution) {
  EngineDriver driver = started();
  driver.see("web", "USSDD??DDU");
  const ServiceSnapshot live = driver.service();
  EXPECT_EQ(live.state.verdict, Verdict::up);
  EXPECT_EQ(live.open_incident, nullptr);
  std::vector<IncidentStep> told;
  for (const Decision& decision : driver.take_decisions()) {
    for (const Alert& alert : decision.alerts) told.push_back(alert.step);
  }
  EXPECT_EQ(told, (std::vector{IncidentStep::opened, IncidentStep::escalated, IncidentStep::resolved}));
}

TEST(Commits, ANewFailureSoonAfterReopens) {
  EngineDriver driver = started();
  driver.see("web", "UDDU");
  driver.confirm_all();
  driver.see("web", "DD");
  const auto decisions = driver.take_decisions();
  EXPECT_EQ(decisions.back().alerts[0].step, IncidentStep::reopened);
  EXPECT_EQ(decisions.back().alerts[0].ordinal, 3U);
}

TEST(Commits, ACopyOfTheServicesKeepsThePresent) {
  std::vector<Service> many;
  for (int i = 0; i < 100; ++i) many.push_back(make_service(std::to_string(i)));
  EngineDriver driver = started(many);
  driver.see("37", "U");
  const ServiceList before = driver.engine().services();
  const ServiceSnapshot* untouched = &before[99];
  driver.see("37", "DD");
  driver.see("38", "U");
  const ServiceList& now = driver.engine().services();
  ASSERT_EQ(before.size(), 100U);
  EXPECT_EQ(before[37].state.verdict, Verdict::up);
  EXPECT_EQ(before[37].open_incident, nullptr);
  EXPECT_EQ(before[38].checks[0].state.last_at, WallTime{});
  EXPECT_EQ(now[37].state.verdict, Verdict::down);
  EXPECT_NE(now[37].open_incident, nullptr);
  EXPECT_EQ(&now[99], untouched) << "what did not change is shared";

  std::vector<std::string> differing;
  const auto note = [&](const ServiceSnapshot& left, const ServiceSnapshot& right) {
    if (left.state != right.state) differing.push_back(left.service->id.value());
    return true;
  };
  EXPECT_TRUE(ServiceList::equal(before, now, note));
  EXPECT_EQ(differing, (std::vector<std::string>{"37", "38"}));
  const auto by_state = [](const ServiceSnapshot& left, const ServiceSnapshot& right) {
    return left.state == right.state;
  };
  EXPECT_FALSE(ServiceList::equal(before, now, by_state));
  ServiceList other = now;
  EXPECT_TRUE(ServiceList::equal(other, now, by_state));
  other.edit(99).state.reason = Reason::slow;
  EXPECT_FALSE(ServiceList::equal(other, now, by_state)) << "the last block is not full";
  other = now;
  other.push_back(now[0]);
  EXPECT_FALSE(ServiceList::equal(other, now, by_state));
  std::size_t visited = 0;
  for (const ServiceSnapshot& service : now) EXPECT_EQ(service.service->id.value(), std::to_string(visited++));
  EXPECT_EQ(visited, 100U);
}

TEST(Refused, NothingIsLostAndOrderIsKept) {
  EngineDriver driver = started();
  driver.see("web", "UU");
  const auto commits = driver.take_commits();
  driver.send(unavailable(commits[0].seq));
  driver.send(unavailable(commits[1].seq));
  EXPECT_EQ(driver.counters().commit_faults, 1U);
  driver.observe("web", Verdict::down);  // the same instant as the last one: ignored
  driver.pass(milliseconds(100));
  driver.observe("web", Verdict::down);
  EXPECT_TRUE(driver.take_commits().empty());
  EXPECT_EQ(driver.engine().uncommitted(), 3U);
  driver.run(seconds(1));
  const auto again = driver.take_commits();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(again[0].resumes);
  ASSERT_EQ(again[0].decisions.size(), 3U);
  EXPECT_LT(again[0].decisions[0].result->at, again[0].decisions[1].result->at);
  driver.send(Committed{again[0].seq});
  EXPECT_EQ(driver.engine().uncommitted(), 0U);
}

TEST(Refused, TheRetryIsOneOfTheWakeUps) {
  EngineDriver driver;
  driver.start(make_catalogue({}));
  EXPECT_EQ(driver.wake(), MonotonicTime::max());
  const auto catalogue = make_catalogue({make_service("web")});
  EngineDriver busy;
  busy.start(catalogue, test::all_up(*catalogue));
  busy.run(seconds(60));  // right after its slot
  busy.see("web", "U");
  busy.send(unavailable(busy.take_commits()[0].seq));
  EXPECT_EQ(busy.wake(), busy.now().monotonic + seconds(1));
}

TEST(Refused, DecisionsHoldInMemoryMeanwhile) {
  EngineDriver driver = started();
  driver.see("web", "U");
  driver.send(unavailable(driver.take_commits()[0].seq));
  driver.see("web", "D");
  for (const Commit& commit : driver.take_commits()) driver.send(unavailable(commit.seq));
  driver.see("web", "D");
  EXPECT_EQ(driver.service().state.verdict, Verdict::down);
  EXPECT_NE(driver.service().open_incident, nullptr);
}

StoredState stored_state(Verdict verdict, int since, std::uint64_t version) {
  CheckState state;
  state.verdict = verdict;
  state.reason = test::usual_reason(verdict);
  state.since = test::wall_s(since);
  state.last_at = test::wall_s(since);
  state.version = version;
  StoredState stored;
  stored.checks.push_back({EngineDriver::key_of("web"), state});
  stored.services.push_back({ServiceId("web"), verdict, state.reason, false, state.since});
  return stored;
}

TEST(Conflict, TheStoredStateWinsAndWhatWasSeenIsJudgedAgain) {
  EngineDriver driver = started();
  driver.see("web", "U");  // second 1
  driver.confirm_all();
  driver.see("web", "DD");  // 2 and 3: down, with an incident, here
  const auto commits = driver.take_commits();
  // Meanwhile another driver stored degraded with an incident of its own, at version 5.
  StoredState reloaded = stored_state(Verdict::degraded, 1, 5);
  Incident other;
  other.id = IncidentId("OTHER");
  other.service = ServiceId("web");
  other.opened_at = test::wall_s(1);
  other.timeline.push_back({1, test::wall_s(1), IncidentStep::opened, {}, "", "", ""});
  reloaded.open_incidents.push_back(other);
  driver.send(conflict(commits[0].seq, {ServiceId("web")}, reloaded));
  const auto again = driver.take_commits();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(again[0].resumes);
  ASSERT_EQ(again[0].decisions.size(), 2U);
  EXPECT_EQ(again[0].decisions[0].state->version, 6U);
  EXPECT_EQ(again[0].decisions[1].state->version, 7U);
  EXPECT_EQ(again[0].decisions[1].incident->id, IncidentId("OTHER"));
  EXPECT_EQ(again[0].decisions[1].alerts[0].step, IncidentStep::escalated);
  EXPECT_EQ(driver.counters().conflicts, 1U);
}

TEST(Conflict, ResultsThatTheStoreHasAlreadyAreNotCountedTwice) {
  EngineDriver driver = started();
  driver.see("web", "U");
  driver.confirm_all();
  driver.see("web", "D");
  const auto commits = driver.take_commits();
  StoredState reloaded = stored_state(Verdict::up, 1, 2);  // the row of that very result
  reloaded.checks[0].state.last_at = driver.now().wall;
  reloaded.checks[0].state.at_least_down = {driver.now().wall, 1, Reason::refused};
  driver.send(conflict(commits[0].seq, {ServiceId("web")}, reloaded));
  EXPECT_TRUE(driver.take_commits().empty());
  EXPECT_EQ(driver.service().state.verdict, Verdict::up);
}

TEST(Conflict, OtherServicesKeepTheirDecisions) {
  EngineDriver driver = started({make_service("web"), make_service("db")});
  driver.observe("web", Verdict::up);
  driver.observe("db", Verdict::up);
  const auto commits = driver.take_commits();
  driver.send(conflict(commits[0].seq, {}, stored_state(Verdict::up, -5, 3)));
  const auto again = driver.take_commits();
  ASSERT_EQ(again.size(), 1U);
  ASSERT_EQ(again[0].decisions.size(), 2U);
  EXPECT_EQ(again[0].decisions[0].service, ServiceId("db"));
  EXPECT_EQ(again[0].decisions[1].service, ServiceId("web"));
  EXPECT_FALSE(again[0].decisions[1].state.has_value()) << "up was stored already";
}

TEST(Conflict, WhatElseWasReloadedDoesNotTouchOthers) {
  EngineDriver driver = started({make_service("db"), make_service("web")});
  driver.see("web", "U");
  driver.observe("db", Verdict::up);
  const auto commits = driver.take_commits();
  driver.send(conflict(commits[1].seq, {ServiceId("db")}, stored_state(Verdict::down, -5, 9)));
  EXPECT_EQ(driver.service(1).state.verdict, Verdict::up);
  EXPECT_EQ(driver.state_of("db").version, 1U);
}

TEST(Conflict, OneThatComesBackEveryTimeBacksOff) {
  EngineDriver driver = started();
  driver.see("web", "U");
  int immediate = 0;
  for (; immediate < 10; ++immediate) {
    const auto commits = driver.take_commits();
    if (commits.empty()) break;
    driver.send(conflict(commits[0].seq, {ServiceId("web")}));
  }
  EXPECT_EQ(immediate, 4);
  driver.run(seconds(31));
  EXPECT_EQ(driver.take_commits().size(), 1U);
}

TEST(Conflict, WithoutAWordOnWhomIsAFault) {
  EngineDriver driver = started();
  driver.see("web", "U");
  driver.send(conflict(driver.take_commits()[0].seq, {}));
  EXPECT_EQ(driver.counters().commit_faults, 1U);
  EXPECT_EQ(driver.counters().conflicts, 0U);
}

Decision last_decision(EngineDriver& driver) {
  auto decisions = driver.take_decisions();
  return decisions.empty() ? Decision{} : std::move(decisions.back());
}

TEST(Conflict, R2_WhatIsDecidedAgainAfterACrashIsTheSameIncident) {
  const auto services = [] { return make_catalogue({make_service("web")}); };
  EngineDriver driver;
  driver.start(services(), test::all_up(*services()));
  driver.see("web", "D");
  StoredState stored = test::all_up(*services());
  stored.checks[0].state = driver.state_of("web");
  driver.confirm_all();
  driver.pass(seconds(1));
  driver.observe("web", Verdict::down);
  const Decision lost = last_decision(driver);
  ASSERT_TRUE(lost.incident.has_value());

  EngineDriver again;
  again.start(services(), stored);
  again.pass(seconds(2));
  again.observe("web", Verdict::down);
  const Decision decided = last_decision(again);
  ASSERT_TRUE(decided.incident.has_value());
  EXPECT_EQ(decided.incident->id, lost.incident->id);
  EXPECT_EQ(decided.alerts.at(0).id, lost.alerts.at(0).id);

  // It was stored after all: nothing is decided once more.
  stored.checks[0].state = *lost.state;
  stored.services[0] = *lost.service_state;
  stored.open_incidents.push_back(*lost.incident);
  EngineDriver later;
  later.start(services(), stored);
  later.pass(seconds(2));
  later.observe("web", Verdict::down);
  EXPECT_FALSE(last_decision(later).incident.has_value());
  later.pass(seconds(1));
  later.observe("web", Verdict::down);
  EXPECT_FALSE(last_decision(later).incident.has_value());
  EXPECT_EQ(later.service().open_incident->id, lost.incident->id);
}

TEST(Conflict, OfAServiceThatLeftTheConfigEndsItOnTopOfWhatIsStored) {
  EngineDriver driver = started();
  driver.see("web", "UDD");
  driver.confirm_all();
  driver.send(Catalogued{make_catalogue({}), {}});
  const auto ended = driver.take_commits();
  ASSERT_EQ(ended.size(), 1U);
  driver.send(conflict(ended[0].seq, {ServiceId("web")}, stored_state(Verdict::down, 3, 4)));
  const auto again = driver.take_decisions();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].service_state->reason, Reason::paused);
}

}  // namespace
}  // namespace allclear
