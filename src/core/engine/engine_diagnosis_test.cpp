// What failures come from, by the engine (R4): who is looked at, and how it gets into their incidents.
#include <gtest/gtest.h>

#include "core/engine/investigations.h"
#include "tests/support/engine_driver.h"

namespace allclear::engine_diagnosis_test {
namespace {

using test::EngineDriver;
using test::make_check;
using test::make_service;

Evidence two_resolvers(Reason reason) {
  Evidence evidence;
  evidence.names.push_back({"", {}, ProbeError{Phase::dns, reason, ""}});
  evidence.names.push_back({"192.0.2.53", {"192.0.2.1"}, std::nullopt});
  return evidence;
}

class EngineDiagnosis : public testing::Test {
 protected:
  void start(std::vector<Service> services) {
    catalogue_ = test::make_catalogue(std::move(services));
    driver_.start(catalogue_, test::all_up(*catalogue_));
    driver_.take_probes();
  }
  static CheckResult failure(Reason reason, Phase phase, WallTime at) {
    CheckResult result = test::make_result(Verdict::down, at);
    result.reason = reason;
    result.phase = phase;
    return result;
  }
  void fail(const std::string& service, Reason reason = Reason::nxdomain, Phase phase = Phase::dns) {
    driver_.pass(milliseconds(1'000));
    driver_.send(Observed{EngineDriver::key_of(service), failure(reason, phase, driver_.now().wall)});
  }
  void gathered(const std::string& service, Evidence evidence) {
    driver_.send(EvidenceGathered{EngineDriver::key_of(service), std::move(evidence)});
  }
  std::optional<Incident> open(std::size_t index = 0) const {
    const auto& incident = driver_.service(index).open_incident;
    return incident ? std::optional(*incident) : std::nullopt;
  }

  std::shared_ptr<const Catalogue> catalogue_;
  EngineDriver driver_;
};

TEST_F(EngineDiagnosis, R4_TheFirstFailureIsLookedAtAndTheDiagnosisRidesInTheAlert) {
  start({make_service("shop")});
  driver_.see("shop", "U");
  fail("shop");
  const auto errands = driver_.take_errands();
  ASSERT_EQ(errands.size(), 1U) << "before it is confirmed";
  EXPECT_EQ(errands[0].key, EngineDriver::key_of("shop"));
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{});
  fail("shop");
  EXPECT_TRUE(driver_.take_errands().empty());
  ASSERT_TRUE(open());
  EXPECT_TRUE(
      open()->diagnosis.starts_with("DNS: this machine's resolver fails (name does not exist), while the "
                                    "resolver 192.0.2.53 knows the name. Confidence: high."))
      << open()->diagnosis;
  EXPECT_NE(open()->diagnosis.find("the last good result came 2 s ago"), std::string::npos) << open()->diagnosis;
  EXPECT_NE(open()->timeline.back().evidence.find("knows the name"), std::string::npos);
  EXPECT_EQ(open()->timeline.back().body.find("192.0.2.53"), std::string::npos) << "that one is public";
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop opened"});
}

TEST_F(EngineDiagnosis, R4_AlertsDoNotWaitAndLateEvidenceIsToldOnceWhenItSaysAnother) {
  start({make_service("shop")});
  fail("shop");
  fail("shop");
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop opened"});
  ASSERT_TRUE(open()->diagnosis.starts_with("DNS: name does not exist. Confidence: medium.")) << open()->diagnosis;
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop updated"});
  EXPECT_EQ(open()->timeline.back().body, "") << "what is found is for operators";
  EXPECT_NE(open()->timeline.back().evidence.find("192.0.2.53"), std::string::npos);
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{}) << "the same cause again";
}

TEST_F(EngineDiagnosis, LateEvidenceForTheSameCauseIsNotedInSilence) {
  start({make_service("shop")});
  fail("shop");
  fail("shop");
  driver_.take_told();
  Evidence evidence;
  evidence.names = {{"", {}, ProbeError{Phase::dns, Reason::nxdomain, ""}},
                    {"192.0.2.53", {}, ProbeError{Phase::dns, Reason::nxdomain, ""}}};
  gathered("shop", evidence);
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{});
  EXPECT_NE(open()->diagnosis.find("two resolvers say so. Confidence: high."), std::string::npos);
}

TEST_F(EngineDiagnosis, EvidenceOfWhatIsWellAgainChangesNothing) {
  start({make_service("shop")});
  fail("shop");
  driver_.see("shop", "U");
  driver_.take_told();
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_TRUE(driver_.take_decisions().empty());
  fail("shop");
  EXPECT_EQ(driver_.take_errands().size(), 2U) << "and is looked at anew";
}

TEST_F(EngineDiagnosis, R4_NoMoreThanFiftyAreLookedAtAtOnce) {
  std::vector<Service> services;
  for (int i = 0; i < 80; ++i) services.push_back(make_service("s" + std::to_string(i)));
  start(std::move(services));
  for (int i = 0; i < 80; ++i) driver_.observe("s" + std::to_string(i), Verdict::down);
  const auto errands = driver_.take_errands();
  EXPECT_EQ(errands.size(), Investigations::at_once);
  driver_.pass(milliseconds(1'000));
  for (int i = 50; i < 79; ++i) driver_.observe("s" + std::to_string(i), Verdict::up);
  for (int i = 0; i < 10; ++i) gathered("s" + std::to_string(i), {});
  const auto later = driver_.take_errands();
  ASSERT_EQ(later.size(), 1U) << "whoever is well again is not looked at";
  EXPECT_EQ(later[0].key, EngineDriver::key_of("s79"));
}

TEST_F(EngineDiagnosis, NeighboursOnTheHostAreAskedAtOnceAndTheirAnswersCount) {
  const auto on_host = [](const std::string& id) {
    Check check = make_check(id, id, test::http_target("host.example.com"));
    check.interval = std::chrono::hours(10);
    return make_service(id, {check});
  };
  start({on_host("shop"), on_host("blog"), on_host("wiki"), make_service("elsewhere")});
  for (const char* id : {"shop", "blog", "wiki", "elsewhere"}) driver_.see(id, "U");
  driver_.run(std::chrono::minutes(1));
  driver_.take_probes();
  fail("shop", Reason::timeout, Phase::connect);
  driver_.run(milliseconds(100));
  std::vector<std::string> asked;
  for (const StartProbe& probe : driver_.take_probes()) asked.push_back(probe.key.service.value());
  std::sort(asked.begin(), asked.end());
  EXPECT_EQ(asked, (std::vector<std::string>{"blog", "wiki"}));
  driver_.see("blog", "U");
  driver_.see("wiki", "U");
  fail("shop", Reason::timeout, Phase::connect);
  ASSERT_TRUE(open());
  EXPECT_NE(open()->diagnosis.find("Ruled out: the host: the other 2 services on this host answer."), std::string::npos)
      << open()->diagnosis;
  EXPECT_TRUE(open()->diagnosis.starts_with("TCP: no answer on this port alone")) << open()->diagnosis;
}

TEST_F(EngineDiagnosis, RolesOfItsOwnChecksTellTheApplicationFromTheHost) {
  Check reach = make_check("shop", "reach");
  reach.role = Role::reachability;
  Check list = make_check("shop", "list");
  list.role = Role::application;
  start({make_service("shop", {reach, list})});
  const CheckKey reach_key{ServiceId("shop"), CheckId("reach")}, list_key{ServiceId("shop"), CheckId("list")};
  driver_.observe(reach_key, Verdict::up);
  for (int i = 0; i < 2; ++i) {
    driver_.pass(milliseconds(1'000));
    driver_.send(Observed{list_key, failure(Reason::timeout, Phase::first_byte, driver_.now().wall)});
    driver_.observe(reach_key, Verdict::up);
  }
  ASSERT_TRUE(open());
  EXPECT_TRUE(
      open()->diagnosis.starts_with("Application: it takes connections and does not answer in time. Confidence: high."))
      << open()->diagnosis;
  EXPECT_NE(open()->diagnosis.find("reachability"), std::string::npos);
}

TEST_F(EngineDiagnosis, R20_WhatLeavesTheConfigIsNotLookedAtAnyMore) {
  start({make_service("shop"), make_service("blog")});
  fail("shop");
  EXPECT_EQ(driver_.take_errands().size(), 1U);
  driver_.send(Catalogued{test::make_catalogue({make_service("blog")}), {}});
  driver_.take_told();
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_TRUE(driver_.take_decisions().empty());
}

TEST_F(EngineDiagnosis, LateEvidenceWithinAWindowIsNotedInSilence) {
  auto catalogue = std::make_shared<Catalogue>(*test::make_catalogue({make_service("shop")}));
  Maintenance work;
  work.id = MaintenanceId("work");
  work.zone = std::make_shared<const ZoneRules>();
  work.start = LocalTime(std::chrono::floor<seconds>(driver_.now().wall + seconds(10)).time_since_epoch());
  work.lasts = std::chrono::hours(1);
  work.services = {ServiceId("shop")};
  catalogue->maintenances.push_back(std::make_shared<const Maintenance>(work));
  driver_.start(catalogue, test::all_up(*catalogue));
  fail("shop");
  fail("shop");
  driver_.run(std::chrono::minutes(1));
  driver_.take_told();
  ASSERT_TRUE(open());
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{});
  EXPECT_NE(open()->diagnosis.find("192.0.2.53"), std::string::npos) << open()->diagnosis;
}

TEST_F(EngineDiagnosis, EvidenceOfAnotherCheckThanTheIncidentsIsKeptForItself) {
  start({make_service("shop", {make_check("shop", "shop"), make_check("shop", "list")})});
  const CheckKey list{ServiceId("shop"), CheckId("list")};
  driver_.observe(list, Verdict::up);
  fail("shop");
  fail("shop");
  driver_.take_told();
  const std::string before = open()->diagnosis;
  driver_.send(Observed{list, failure(Reason::nxdomain, Phase::dns, driver_.now().wall)});
  driver_.send(EvidenceGathered{list, two_resolvers(Reason::nxdomain)});
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{});
  EXPECT_EQ(open()->diagnosis, before);
}

class SlowAndWrong : public EngineDiagnosis {
 protected:
  void SetUp() override {
    start({make_service("shop", {make_check("shop", "one"), make_check("shop", "two")})});
    driver_.observe(one, Verdict::up);
    driver_.observe(two, Verdict::up);
    twice(one, Verdict::degraded, Reason::slow, Phase::first_byte);
    driver_.take_errands();
    ASSERT_TRUE(open());
    ASSERT_NE(open()->diagnosis, "");
    of_one_ = open()->diagnosis;
    EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop opened"});
  }
  void once(const CheckKey& key, Verdict verdict, Reason reason, Phase phase) {
    driver_.pass(milliseconds(1'000));
    CheckResult result = failure(reason, phase, driver_.now().wall);
    result.verdict = verdict;
    driver_.send(Observed{key, result});
  }
  void twice(const CheckKey& key, Verdict verdict, Reason reason, Phase phase) {
    once(key, verdict, reason, phase);
    once(key, verdict, reason, phase);
  }

  const CheckKey one{ServiceId("shop"), CheckId("one")}, two{ServiceId("shop"), CheckId("two")};
  std::string of_one_;
};

TEST_F(SlowAndWrong, R4_TheSecondFailureIsLookedAtAndItsAlertCarriesNothingOfTheFirst) {
  once(two, Verdict::down, Reason::nxdomain, Phase::dns);
  const auto errands = driver_.take_errands();
  ASSERT_EQ(errands.size(), 1U);
  EXPECT_EQ(errands[0].key, two);
  once(two, Verdict::down, Reason::nxdomain, Phase::dns);
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop escalated"});
  EXPECT_TRUE(open()->diagnosis.starts_with("DNS: name does not exist.")) << open()->diagnosis;
  driver_.send(EvidenceGathered{two, two_resolvers(Reason::nxdomain)});
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop updated"});
  EXPECT_NE(open()->diagnosis.find("192.0.2.53"), std::string::npos) << open()->diagnosis;
}

TEST_F(SlowAndWrong, WhatNothingCanBeSaidOfCarriesNoDiagnosis) {
  twice(two, Verdict::down, Reason::blocked_address, Phase::connect);
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop escalated"});
  EXPECT_EQ(open()->diagnosis, "");
}

TEST_F(SlowAndWrong, R4_ACauseThatChangesInSilenceTakesItsDiagnosisWithIt) {
  twice(one, Verdict::down, Reason::timeout, Phase::connect);
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop escalated"});
  driver_.pass(milliseconds(1'000));
  once(one, Verdict::degraded, Reason::slow, Phase::first_byte);
  once(one, Verdict::degraded, Reason::slow, Phase::first_byte);
  ASSERT_EQ(driver_.service(0).state.verdict, Verdict::degraded);
  twice(two, Verdict::down, Reason::nxdomain, Phase::dns);
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{}) << "as bad as it was";
  EXPECT_EQ(open()->cause, two.check);
  EXPECT_TRUE(open()->diagnosis.starts_with("DNS: ")) << open()->diagnosis;
}

TEST_F(SlowAndWrong, AfterARestartTheSameFailureIsKnownAndAnotherIsLookedAt) {
  StoredState stored = test::all_up(*catalogue_);
  for (StoredCheck& check : stored.checks) check.state = *driver_.engine().state_of(check.key);
  stored.services[0] = driver_.service(0).state;
  stored.open_incidents = {*open()};
  driver_.start(catalogue_, stored);
  driver_.take_errands();
  once(one, Verdict::degraded, Reason::slow, Phase::first_byte);
  EXPECT_TRUE(driver_.take_errands().empty());
  EXPECT_EQ(open()->diagnosis, of_one_);
  twice(one, Verdict::down, Reason::nxdomain, Phase::dns);
  EXPECT_EQ(driver_.take_errands().size(), 1U);
  EXPECT_TRUE(open()->diagnosis.starts_with("DNS: ")) << open()->diagnosis;
}

TEST_F(EngineDiagnosis, ASinglePassLooksAtTheFailureAndAsksNoNeighbours) {
  const auto on_host = [](const std::string& id) {
    return make_service(id, {make_check(id, id, test::http_target("host.example.com"))});
  };
  const auto catalogue = test::make_catalogue({on_host("shop"), on_host("blog")});
  driver_.start(catalogue, test::all_up(*catalogue), Pace::single_pass);
  driver_.see("blog", "U");
  driver_.take_probes();
  fail("shop", Reason::timeout, Phase::connect);
  EXPECT_EQ(driver_.take_errands().size(), 1U);
  for (const StartProbe& probe : driver_.take_probes()) EXPECT_EQ(probe.key.service.value(), "shop") << "its own retry";
}

TEST_F(EngineDiagnosis, NeighboursThatFailOrAreSilentAreCountedAsWhatTheyAre) {
  const auto on_host = [](const std::string& id) {
    Check check = make_check(id, id, test::http_target("host.example.com"));
    check.interval = std::chrono::hours(10);
    return make_service(id, {check});
  };
  Service off = on_host("off");
  off.enabled = false;
  start({on_host("shop"), on_host("blog"), on_host("wiki"), off});
  for (const char* id : {"shop", "blog", "wiki"}) driver_.see(id, "U");
  driver_.run(std::chrono::minutes(1));
  fail("shop", Reason::timeout, Phase::connect);
  driver_.send(Observed{EngineDriver::key_of("blog"), failure(Reason::timeout, Phase::connect, driver_.now().wall)});
  CheckResult nothing = test::make_result(Verdict::unknown, driver_.now().wall);
  nothing.reason = Reason::local_fault;
  driver_.send(Observed{EngineDriver::key_of("wiki"), nothing});
  fail("shop", Reason::timeout, Phase::connect);
  ASSERT_TRUE(open());
  EXPECT_NE(open()->diagnosis.find("the other service on this host fails, too"), std::string::npos)
      << open()->diagnosis;
  EXPECT_EQ(open()->diagnosis.find("wiki"), std::string::npos);
}

TEST_F(EngineDiagnosis, AfterARestartAnUnexplainedIncidentIsExplained) {
  start({make_service("shop")});
  fail("shop", Reason::missed, Phase::judge);
  fail("shop", Reason::missed, Phase::judge);
  ASSERT_TRUE(open());
  EXPECT_EQ(open()->diagnosis, "");
  StoredState stored = test::all_up(*catalogue_);
  stored.checks[0].state = driver_.state_of("shop");
  stored.services[0].verdict = Verdict::down;
  stored.open_incidents = {*open()};
  driver_.take_told();
  driver_.take_errands();
  driver_.start(catalogue_, stored);
  fail("shop");
  ASSERT_EQ(driver_.take_errands().size(), 1U);
  gathered("shop", two_resolvers(Reason::nxdomain));
  EXPECT_EQ(driver_.take_told(), std::vector<std::string>{"shop updated"});
}

}  // namespace
}  // namespace allclear::engine_diagnosis_test
