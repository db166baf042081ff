// Replay over histories that the production engine wrote into a real SQLite store.
#include "runtime/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/sqlite_fixture.h"
#include "tests/replay/script.h"
#include "tests/support/builders.h"

namespace allclear::replay_test {
namespace {

using runtime::ReplayReport;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

WallTime start() { return test::wall(); }  // a midnight

// Answers 200 within a second; told: ops at once, pager after 10 minutes and then each hour.
Service usual_service(const std::string& id) {
  Check check = test::make_check(id, id);
  check.interval = seconds(60);
  check.expect.edit().latency = seconds(1);
  Service service = test::make_service(id, {check});
  service.alerts = std::vector{ChannelId("ops"), ChannelId("pager")};
  service.alerts_on_first = false;
  return service;
}

ChannelPolicies usual_policies() {
  ChannelPolicies policies;
  policies[ChannelId("pager")].after = minutes(10);
  policies[ChannelId("pager")].remind = hours(1);
  return policies;
}

using Change = std::function<void(Service&, Check&)>;

// The check is the service's only one.
std::shared_ptr<Catalogue> catalogue_of(const std::vector<std::string>& ids, const Change& change = {}) {
  auto catalogue = std::make_shared<Catalogue>();
  catalogue->channels = usual_policies();
  for (const std::string& id : ids) {
    Service service = usual_service(id);
    Check check = *service.checks.front();
    if (id == "worker") service.depends_on = std::vector{ServiceId("database")};
    if (change) change(service, check);
    service.checks = {std::make_shared<const Check>(std::move(check))};
    catalogue->services.push_back(std::make_shared<const Service>(std::move(service)));
  }
  return catalogue;
}

const std::vector<std::string> usual_ids{"website", "api", "database", "worker", "blog", "shop"};

Spell spell(const std::string& service, WallTime from, milliseconds lasts, const Observation& seen) {
  return {ServiceId(service), from, from + lasts, seen};
}

// Six troubles: one of them the worker's, which its database explains, and one that nobody minds.
std::vector<Spell> usual_spells() {
  const WallTime second = start() + days(1);
  return {spell("website", start() + hours(3), minutes(10), answer(503)),
          spell("api", start() + hours(12), minutes(30), answer(200, milliseconds(1'500))),
          spell("database", start() + hours(15), minutes(20), silence(Reason::refused, milliseconds(1))),
          spell("worker", start() + hours(15), minutes(20), answer(503)),
          spell("blog", second + hours(2), hours(2), answer(404)),
          spell("shop", second + hours(18), seconds(90), silence(Reason::timeout, seconds(10))),
          spell("shop", second + hours(20), minutes(15), answer(200, milliseconds(400)))};
}

class Replay : public testing::Test {
 protected:
  Replay() { open(); }

  void live(const std::shared_ptr<const Catalogue>& catalogue, std::vector<Spell> spells, WallTime from, WallTime to) {
    GeneratedHistory(*store_, catalogue, behave(std::move(spells))).run(from, to);
  }
  void live_usually() { live(catalogue_of(usual_ids), usual_spells(), start(), start() + days(2)); }

  ReplayReport replay(const std::shared_ptr<const Catalogue>& catalogue, WallTime from, WallTime to,
                      std::optional<ServiceId> only = {}) {
    const auto queries = store::open_sqlite_queries(folder_.file());
    const auto results = store::open_sqlite_results(folder_.file());
    EXPECT_TRUE(queries && results);
    double done = 0;
    auto report = runtime::replay({catalogue, from, to, std::move(only)}, **queries, **results, [&](double part) {
      EXPECT_LE(done, part);
      done = part;
    });
    EXPECT_TRUE(report) << report.error().message;
    EXPECT_LE(done, 1);
    return report ? *report : ReplayReport{};
  }
  ReplayReport replay_usually(const Change& change = {}) {
    return replay(catalogue_of(usual_ids, change), start(), start() + days(2));
  }

  CheckLog& log() { return *store_; }

 private:
  void open() {
    auto opened = store::open_sqlite_store({folder_.file(), {}, milliseconds(1'000)}, start(), *log_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  contract::TemporaryFolder folder_ = contract::TemporaryFolder::in_memory();
  std::unique_ptr<Log> log_ = make_silent_log();
  std::unique_ptr<store::SqliteStore> store_;
};

void expect_same(const ReplayReport& report) {
  EXPECT_THAT(report.comparison.differences, IsEmpty());
  EXPECT_EQ(report.comparison.same, report.did.incidents.size());
  EXPECT_EQ(report.did.incidents.size(), report.would.incidents.size());
  EXPECT_EQ(report.did.alerts, report.would.alerts);
  EXPECT_EQ(report.facts.judged_otherwise, 0u);
}

std::vector<std::string> services_of(const ReplayReport& report) {
  std::vector<std::string> services;
  for (const PagingDifference& difference : report.comparison.differences)
    services.push_back((difference.did ? difference.did : difference.would)->service.value());
  return services;
}

TEST_F(Replay, TheSameConfigPagesTheSame) {
  live_usually();
  const ReplayReport report = replay_usually();
  expect_same(report);
  EXPECT_EQ(report.did.incidents.size(), 5u) << "the worker's trouble was its database's";
  EXPECT_EQ(report.did.services_told(), 5u);
  EXPECT_EQ(report.did.alerts.at(ChannelId("ops")).at(IncidentStep::opened), 5u);
  EXPECT_EQ(report.did.alerts.at(ChannelId("pager")).at(IncidentStep::reminder), 1u) << "of the blog's two hours";
  EXPECT_GE(report.facts.results, 6u * 2 * 24 * 60);
  EXPECT_EQ(report.facts.missing_retries, 0u);
}

TEST_F(Replay, ALongerConfirmationPagesLess) {
  live_usually();
  const ReplayReport report = replay_usually([](Service&, Check& check) { check.confirm.down = 5; });
  EXPECT_EQ(report.did.incidents.size(), 5u);
  EXPECT_EQ(report.would.incidents.size(), 4u);
  EXPECT_LT(report.would.alert_count(), report.did.alert_count());
  EXPECT_THAT(services_of(report), ElementsAre("shop"));
  EXPECT_FALSE(report.comparison.differences.front().would);
  EXPECT_EQ(report.comparison.same, 4u) << "an incident begins with the first failure, whenever that was confirmed";
  EXPECT_GT(report.facts.missing_retries, 0u);
}

TEST_F(Replay, ALowerLatencyPagesMore) {
  live_usually();
  const ReplayReport report =
      replay_usually([](Service&, Check& check) { check.expect.edit().latency = milliseconds(250); });
  EXPECT_EQ(report.would.incidents.size(), 6u);
  EXPECT_THAT(services_of(report), ElementsAre("shop"));
  const auto& more = report.comparison.differences.front().would;
  ASSERT_TRUE(more);
  EXPECT_FALSE(report.comparison.differences.front().did);
  EXPECT_EQ(more->severity, Severity::minor);
  EXPECT_EQ(more->reason, Reason::slow);
  EXPECT_GT(report.facts.judged_otherwise, 10u);
}

TEST_F(Replay, AnAcceptedStatusPagesNobody) {
  live_usually();
  const ReplayReport report = replay_usually([](Service&, Check& check) {
    check.expect.edit().status.push_back({404, 404});
  });
  EXPECT_THAT(services_of(report), ElementsAre("blog"));
  EXPECT_EQ(report.would.incidents.size(), 4u);
}

TEST_F(Replay, OtherChannelsAndSeveritiesAreDifferences) {
  live_usually();
  const ReplayReport report = replay_usually([](Service& service, Check&) {
    if (service.id.value() == "website") service.alerts = std::vector{ChannelId("chat")};
    if (service.id.value() == "api") service.severity = Severity::critical;
  });
  ASSERT_THAT(services_of(report), ElementsAre("website", "api"));
  EXPECT_THAT(report.comparison.differences[0].aspects, ElementsAre(PagingAspect::channels));
  EXPECT_THAT(report.comparison.differences[1].aspects, ElementsAre(PagingAspect::severity));
  EXPECT_EQ(report.would.alerts.at(ChannelId("chat")).at(IncidentStep::opened), 1u);
}

TEST_F(Replay, MaintenanceAndDependenciesOfTheNewConfigHold) {
  live_usually();
  auto catalogue = catalogue_of(usual_ids, [](Service& service, Check&) { service.depends_on = {}; });
  Maintenance work;
  work.id = MaintenanceId("night");
  work.services = {ServiceId("website")};
  work.zone = std::make_shared<const ZoneRules>();
  work.start = LocalTime(std::chrono::floor<seconds>((start() + hours(2)).time_since_epoch()));
  work.lasts = hours(2);
  catalogue->maintenances.push_back(std::make_shared<const Maintenance>(work));
  const ReplayReport report = replay(catalogue, start(), start() + days(2));
  ASSERT_THAT(services_of(report), ElementsAre("website", "worker"));
  EXPECT_FALSE(report.comparison.differences[0].would);
  EXPECT_FALSE(report.comparison.differences[1].did);
}

TEST_F(Replay, WhatOneConfigAloneNamesIsSaid) {
  live_usually();
  const ReplayReport report =
      replay(catalogue_of({"website", "api", "database", "worker", "shop", "search"}), start(), start() + days(2));
  EXPECT_THAT(report.facts.unnamed, ElementsAre(ServiceId("blog")));
  EXPECT_THAT(report.facts.without_results,
              ElementsAre(CheckKey{ServiceId("search"), CheckId("search"), local_location()}));
  EXPECT_THAT(services_of(report), ElementsAre("blog"));
}

TEST_F(Replay, OneServiceAloneIsCounted) {
  live_usually();
  const ReplayReport report = replay(catalogue_of(usual_ids), start(), start() + days(2), ServiceId("worker"));
  EXPECT_EQ(report.did.incidents.size(), 0u);
  EXPECT_EQ(report.would.incidents.size(), 0u) << "its database still explains it";
  EXPECT_LT(report.facts.results, 2u * 2 * 24 * 60);
  EXPECT_EQ(replay(catalogue_of(usual_ids), start(), start() + days(2), ServiceId("blog")).did.incidents.size(), 1u);
}

TEST_F(Replay, AWindowThatBeginsWithinAnIncidentKnowsIt) {
  live_usually();
  const ReplayReport report = replay(catalogue_of(usual_ids), start() + days(1) + hours(3), start() + days(2));
  expect_same(report);
  EXPECT_EQ(report.did.incidents.size(), 2u);
  EXPECT_EQ(report.did.alerts.at(ChannelId("ops")).count(IncidentStep::opened), 1u)
      << "the shop's; the blog's was before";
}

TEST_F(Replay, ResultsReachAsFarAsTheyDo) {
  live_usually();
  const ReplayReport report = replay(catalogue_of(usual_ids), start() - days(30), start() + days(2));
  expect_same(report);
  ASSERT_TRUE(report.results_from);
  EXPECT_EQ(report.from, *report.results_from);
  EXPECT_LT(report.from, start() + minutes(1));
  const ReplayReport nothing = replay(catalogue_of(usual_ids), start() + days(90), start() + days(91));
  EXPECT_FALSE(nothing.results_from);
  EXPECT_THAT(nothing.comparison.differences, IsEmpty());
}

// Its beginning lies before everything that is replayed: known from the days that the store keeps.
TEST_F(Replay, AnIncidentFromLongBeforeGoesOn) {
  const auto catalogue = catalogue_of({"website", "api"});
  live(catalogue, {spell("api", start() + hours(12), days(4), answer(503))}, start(), start() + days(5));
  const ReplayReport report = replay(catalogue, start() + days(4) + hours(1), start() + days(5));
  EXPECT_THAT(report.comparison.differences, IsEmpty());
  ASSERT_EQ(report.did.incidents.size(), 1u);
  EXPECT_THAT(report.would.incidents[0].told, ElementsAre(ChannelId("ops"), ChannelId("pager")));
}

TEST_F(Replay, AFirstResultThatFailsIsNoNewsUnlessAskedFor) {
  const auto catalogue = catalogue_of({"website", "api"});
  live(catalogue, {spell("api", start(), minutes(10), answer(503))}, start(), start() + hours(3));
  const ReplayReport report = replay(catalogue, start(), start() + hours(3));
  expect_same(report);
  ASSERT_EQ(report.would.incidents.size(), 1u);
  EXPECT_THAT(report.would.incidents[0].told, IsEmpty());
}

TEST_F(Replay, AnAcknowledgementCountsAgain) {
  const auto catalogue = catalogue_of({"website"});
  GeneratedHistory history(log(), catalogue, behave({spell("website", start() + hours(1), hours(8), answer(503))}));
  history.plan(start() + hours(3), [](const Engine& engine) {
    return Operation{Acknowledge{engine.services()[0].open_incident->id}, "ada"};
  });
  history.run(start(), start() + hours(12));
  const ReplayReport report = replay(catalogue, start(), start() + hours(12));
  expect_same(report);
  EXPECT_EQ(report.would.alerts.at(ChannelId("pager")).at(IncidentStep::reminder), 1u);
  EXPECT_EQ(report.would.alerts.at(ChannelId("pager")).at(IncidentStep::acknowledged), 1u);
}

TEST_F(Replay, WhileTheMonitorWasOffNobodyIsReminded) {
  const auto catalogue = catalogue_of({"website", "api"});
  const std::vector<Spell> spells{spell("website", start() + hours(1), hours(10), answer(503))};
  live(catalogue, spells, start(), start() + hours(2));
  live(catalogue, spells, start() + hours(8), start() + hours(12));
  const ReplayReport report = replay(catalogue, start(), start() + hours(12));
  expect_same(report);
  EXPECT_EQ(report.would.alerts.at(ChannelId("pager")).at(IncidentStep::reminder), 4u);
}

TEST_F(Replay, AStormIsToldInGroups) {
  const std::vector<std::string> ids{"a", "b", "c", "d", "e", "f", "g", "h"};
  const auto catalogue = catalogue_of(ids);
  catalogue->grouping.threshold = 3;
  std::vector<Spell> spells;
  for (const std::string& id : ids) spells.push_back(spell(id, start() + hours(2), minutes(40), answer(503)));
  live(catalogue, spells, start(), start() + hours(4));
  const ReplayReport same = replay(catalogue, start(), start() + hours(4));
  expect_same(same);
  const ReplayReport single = replay(catalogue_of(ids), start(), start() + hours(4));
  EXPECT_EQ(single.comparison.same, 8u) << "all channels hear of each, be it from a group";
  EXPECT_GT(single.would.alert_count(), single.did.alert_count());
}

TEST_F(Replay, HeartbeatsStayAsTheyWereJudged) {
  const auto with_grace = [](milliseconds grace) {
    return catalogue_of({"website", "job"}, [grace](Service& service, Check& check) {
      if (service.id.value() != "job") return;
      check.interval = hours(1);
      check.target = HeartbeatTarget{nullptr, grace, {}};
    });
  };
  GeneratedHistory history(log(), with_grace(minutes(5)), behave({}));
  for (int hour = 1; hour < 20; ++hour) {
    if (hour == 9 || hour == 10) continue;
    history.plan(start() + hours(hour), [](const Engine&) {
      Ping ping;
      ping.service = ServiceId("job");
      return Operation{ping, "ping"};
    });
  }
  history.run(start(), start() + hours(20));
  const ReplayReport report = replay(with_grace(minutes(5)), start(), start() + hours(20));
  expect_same(report);
  EXPECT_EQ(report.did.incidents.size(), 1u);
  expect_same(replay(with_grace(hours(6)), start(), start() + hours(20)));
}

TEST_F(Replay, WhateverHappensTheSameConfigPagesTheSame) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const auto catalogue = catalogue_of(usual_ids);
    const WallTime from = start() + days(10 * static_cast<int>(seed));  // each on its own, in one store
    live(catalogue, random_spells(*catalogue, from, from + days(3) - hours(4), seed), from, from + days(3));
    const ReplayReport report = replay(catalogue, from, from + days(3));
    expect_same(report);
    EXPECT_GT(report.did.incidents.size(), 5u);
    const ReplayReport patient =
        replay(catalogue_of(usual_ids, [](Service&, Check& check) { check.confirm.down = 6; }), from, from + days(3));
    EXPECT_LT(patient.would.incidents.size(), report.did.incidents.size());
  }
}

}  // namespace
}  // namespace allclear::replay_test
