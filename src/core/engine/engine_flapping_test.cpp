// R18: flapping is told once when it starts and once when it ends; the final state is always told.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_flapping_test {
namespace {

using test::all_up;
using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using Words = std::vector<std::string>;

std::shared_ptr<const Catalogue> web(std::uint8_t confirm_down, FlapPolicy flapping = {}) {
  Check check = make_check("web", "web");
  check.interval = std::chrono::hours(24 * 300);
  check.confirm = {confirm_down, 1, seconds(5), flapping};
  Service service = make_service("web", {check});
  service.reopen = milliseconds(0);
  return make_catalogue({service});
}

class R18_Flapping : public testing::Test {
 protected:
  void start(std::uint8_t confirm_down, FlapPolicy flapping = {}) {
    const auto catalogue = web(confirm_down, flapping);
    driver_.start(catalogue, all_up(*catalogue));
  }
  Words after(const std::string& verdicts) {
    driver_.see("web", verdicts);
    Words words;
    for (const Decision& decision : driver_.take_decisions()) {
      for (const Alert& alert : decision.alerts) words.emplace_back(to_string(alert.step));
    }
    return words;
  }
  const Incident* incident() { return driver_.service().open_incident.get(); }

  EngineDriver driver_;
};

TEST_F(R18_Flapping, ManyOutagesAreTwoMessagesOnceItFlaps) {
  start(1);
  const Words first = after("DUDUDUDUDU");
  EXPECT_EQ(first, (Words{"opened", "resolved", "opened", "resolved", "opened", "resolved", "flapping_started"}));
  EXPECT_EQ(after("DUDUDUDUDUDUDUDUDUDU"), Words{});
  ASSERT_NE(incident(), nullptr);
  EXPECT_TRUE(incident()->flapping);
  EXPECT_EQ(incident()->title, "Service web is flapping");
  EXPECT_EQ(after("UUUUUUUUUUUUUUUUUUUU"), Words{"flapping_stopped"});
  EXPECT_EQ(incident(), nullptr) << "up and told so";
  EXPECT_EQ(after("D"), Words{"opened"}) << "a later outage is told as ever";
}

TEST_F(R18_Flapping, ItEndsDownAndSaysSo) {
  start(1);
  after("DUDUDUDUDU");
  EXPECT_EQ(after("DDDDDDDDDDDDDDDDDDDD"), Words{"flapping_stopped"});
  ASSERT_NE(incident(), nullptr);
  EXPECT_FALSE(incident()->flapping);
  EXPECT_EQ(incident()->worst, Verdict::down);
  EXPECT_EQ(incident()->title, "Service web is down");
  EXPECT_EQ(after("U"), Words{"resolved"});
}

TEST_F(R18_Flapping, WhatNeverConfirmsIsToldAllTheSame) {
  start(3);
  EXPECT_EQ(after("DUDUDUDUDU"), Words{"flapping_started"}) << "single failures: nobody else would tell";
  ASSERT_NE(incident(), nullptr);
  EXPECT_GT(incident()->opened_at, test::wall(0)) << "not back to when it came up";
  EXPECT_EQ(incident()->worst, Verdict::degraded);
  EXPECT_EQ(incident()->reason, Reason::refused) << "of the failures, whichever result it begins with";
  EXPECT_EQ(after("UUUUUUUUUUUUUUUUUUUU"), Words{"flapping_stopped"});
  EXPECT_EQ(incident(), nullptr);
}

TEST_F(R18_Flapping, WhatFlapsWhileAWindowEndsIsToldWithItsNextFailure) {
  auto catalogue = std::make_shared<Catalogue>(*web(3));
  Maintenance work;
  work.id = MaintenanceId("work");
  work.zone = std::make_shared<const ZoneRules>();
  work.start = LocalTime(std::chrono::floor<seconds>(test::wall(0)).time_since_epoch());
  work.lasts = seconds(60);
  work.services = {ServiceId("web")};
  catalogue->maintenances.push_back(std::make_shared<const Maintenance>(work));
  driver_.start(catalogue, all_up(*catalogue));
  EXPECT_EQ(after("DUDUDUDUDUU"), Words{});
  driver_.run(seconds(60));
  EXPECT_EQ(after(""), Words{}) << "it is up as the window ends, and nobody knows with what it flaps";
  EXPECT_EQ(after("D"), Words{"flapping_started"});
  EXPECT_EQ(incident()->reason, Reason::refused);
}

TEST_F(R18_Flapping, OffMeansEveryChangeIsTold) {
  start(1, {0, 30, 25});
  EXPECT_EQ(after("DUDUDUDUDUDUDU").size(), 14U);
}

TEST_F(R18_Flapping, WhoWantsRemindersIsRemindedMeanwhileToo) {
  const auto catalogue = web(1);
  Catalogue reminding = *catalogue;
  for (const ChannelId& channel : *reminding.services[0]->alerts) reminding.channels[channel].remind = seconds(3'600);
  driver_.start(std::make_shared<const Catalogue>(reminding), all_up(*catalogue));
  EXPECT_EQ(after("DUDUDUDUDU").back(), "flapping_started");
  driver_.run(std::chrono::hours(2));
  EXPECT_EQ(after(""), (Words{"reminder", "reminder"}));
  EXPECT_TRUE(incident()->flapping);
}

TEST_F(R18_Flapping, GettingWorseMeanwhileIsNotedOnly) {
  start(1);
  EXPECT_EQ(after("SUSUSUSUSU").back(), "flapping_started");
  EXPECT_EQ(incident()->worst, Verdict::degraded);
  EXPECT_EQ(after("D"), Words{});
  EXPECT_EQ(incident()->worst, Verdict::down);
}

TEST_F(R18_Flapping, ARestartGoesOnFlappingAndEndsIt) {
  start(1);
  after("DUDUDUDUDU");
  const auto catalogue = web(1);
  StoredState stored = all_up(*catalogue);
  stored.checks[0].state = driver_.state_of("web");
  stored.services[0] = driver_.service().state;
  stored.open_incidents.push_back(*incident());
  driver_ = EngineDriver();
  driver_.pass(seconds(100));
  driver_.start(catalogue, stored);
  EXPECT_EQ(after("DUDU"), Words{});
  EXPECT_EQ(after("UUUUUUUUUUUUUUUUUUUU"), Words{"flapping_stopped"});
}

TEST_F(R18_Flapping, SwitchedOffByAReloadItEnds) {
  start(1);
  after("DUDUDUDUDU");
  driver_.send(Catalogued{web(1, {0, 30, 25}), {}});
  EXPECT_EQ(after("U"), Words{"flapping_stopped"});
}

}  // namespace
}  // namespace allclear::engine_flapping_test
