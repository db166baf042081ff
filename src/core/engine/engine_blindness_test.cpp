// Blindness (R11), by the engine: failures wait for the anchors' word and are nobody's fault when all is silent.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear {
namespace {

using std::chrono::minutes;
using test::EngineDriver;
using test::make_check;
using test::make_service;
using Words = std::vector<std::string>;

constexpr int anchors = 3;

Check remote_check(const std::string& service, const std::string& id) {
  TcpTarget target;
  target.host = id + ".example.com";
  target.port = 443;
  Check check = make_check(service, id, target);
  check.interval = seconds(60);
  return check;
}

Service own_network() {
  std::vector<Check> checks;
  for (int i = 0; i < anchors; ++i) {
    Check check = remote_check("monitor", "anchor-" + std::to_string(i));
    check.interval = minutes(5);
    check.timeout = seconds(2);
    check.confirm.down = 1;
    checks.push_back(check);
  }
  Service service = make_service("monitor", checks);
  service.alerts_on_first = true;
  return service;
}

// Twenty services and the anchors; what answers is said by the test, and so are the probes' ends.
class BlindMonitor : public testing::Test {
 protected:
  // A job every ten minutes, which has just told that it ran.
  void await_pings() {
    HeartbeatTarget target;
    target.grace = minutes(1);
    Check check = make_check("backup", "backup", target);
    check.interval = minutes(10);
    check.confirm.down = check.confirm.up = 1;
    std::vector<Service> all;
    for (const auto& service : catalogue_->services) all.push_back(*service);
    all.push_back(make_service("backup", {check}));
    all.back().alerts.edit() = {ChannelId("ops")};
    driver_.send(Catalogued{test::make_catalogue(std::move(all)), {}});
    driver_.send(Operated{{Ping{ServiceId("backup"), PingKind::success, 0, {}, {}}, "cron"}, 1});
  }
  void start(int services = 20, bool with_anchors = true) {
    std::vector<Service> all;
    for (int i = 0; i < services; ++i) {
      const std::string id = name(i);
      all.push_back(make_service(id, {remote_check(id, id)}));
      all.back().alerts.edit() = {ChannelId("ops")};
    }
    if (with_anchors) {
      all.push_back(own_network());
      all.back().alerts.edit() = {ChannelId("ops")};
    }
    catalogue_ = ungrouped(std::move(all));
    driver_.start(catalogue_);
    answer_for(minutes(3));
    told_.clear();
  }
  static std::shared_ptr<const Catalogue> ungrouped(std::vector<Service> all) {
    auto catalogue = std::make_shared<Catalogue>(*test::make_catalogue(std::move(all)));
    catalogue->grouping.threshold = 1000;
    return catalogue;
  }
  static std::string name(int i) { return "service-" + std::to_string(i); }

  // Every probe ends after 1 ms, or in silence after its timeout.
  void answer_for(milliseconds time) {
    const MonotonicTime end = driver_.now().monotonic + time;
    while (driver_.now().monotonic < end) {
      driver_.run(milliseconds(5));
      land();
    }
  }
  void land() {
    for (StartProbe& probe : driver_.take_probes()) {
      const bool anchor = probe.key.service == monitor_service();
      const bool hears = anchor ? anchors_answer_ && probe.key.check.value() != silent_anchor_ : answers_ && !broken_.contains(probe.key.service.value());
      const MonotonicTime at = driver_.now().monotonic + (hears ? milliseconds(1) : probe.check->timeout);
      flying_.push_back({at, driver_.now().wall, hears, std::move(probe)});
    }
    std::erase_if(flying_, [&](const Flying& one) {
      if (one.at > driver_.now().monotonic) return false;
      CheckResult result = test::make_result(one.hears ? Verdict::up : Verdict::down, one.began);
      if (!one.hears) result.reason = Reason::timeout;
      ended_.push_back({one.probe.key, result, one.probe.flight});
      return true;
    });
    for (const Observed& one : std::exchange(ended_, {})) driver_.send(one);
    for (const Commit& commit : driver_.take_commits()) {
      for (const Decision& decision : commit.decisions) {
        for (const Alert& alert : decision.alerts)
          told_.push_back(alert.service.value() + " " + std::string(to_string(alert.step)));
      }
      driver_.send(Committed{commit.seq});
    }
  }
  Observed timed_out(int i) const {
    CheckResult result = test::make_result(Verdict::down, driver_.now().wall);
    result.reason = Reason::timeout;
    return {EngineDriver::key_of(name(i)), result};
  }
  void cut() { answers_ = anchors_answer_ = false; }
  void mend() { answers_ = anchors_answer_ = true; }
  Verdict verdict(int i) const { return driver_.service(static_cast<std::size_t>(i)).state.verdict; }
  Words told() { return std::exchange(told_, {}); }

  struct Flying {
    MonotonicTime at;
    WallTime began;
    bool hears;
    StartProbe probe;
  };
  EngineDriver driver_;
  std::shared_ptr<const Catalogue> catalogue_;
  bool answers_ = true, anchors_answer_ = true;
  std::set<std::string> broken_;
  std::string silent_anchor_;
  std::vector<Flying> flying_;
  std::vector<Observed> ended_;
  Words told_;
};

TEST_F(BlindMonitor, R11_ACutUplinkIsOneAlertAndNobodysFault) {
  start();
  cut();
  answer_for(minutes(10));
  EXPECT_EQ(told(), Words{"monitor opened"});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(verdict(i), Verdict::unknown) << i;
  mend();
  answer_for(minutes(3));
  EXPECT_EQ(told(), Words{"monitor resolved"});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(verdict(i), Verdict::up) << i;
}

TEST_F(BlindMonitor, R11_AnchorsThatAnswerSuppressNothing) {
  start();
  answers_ = false;
  answer_for(minutes(3));
  EXPECT_EQ(told().size(), 20U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(verdict(i), Verdict::down) << i;
}

TEST_F(BlindMonitor, R11_AServiceThatFailsWhileOthersAnswerIsToldOfThoughTheAnchorsAreSilent) {
  start();
  anchors_answer_ = false;
  broken_ = {name(3)};
  answer_for(minutes(4));
  EXPECT_EQ(told(), Words{"service-3 opened"});
}

TEST_F(BlindMonitor, R11_WithoutThreeAnchorsThatEverAnsweredNothingIsSuppressed) {
  anchors_answer_ = false;
  start();
  answers_ = false;
  answer_for(minutes(3));
  EXPECT_EQ(told().size(), 20U);
}

TEST_F(BlindMonitor, R11_WithoutAnchorsEverythingIsAsBefore) {
  start(5, false);
  answers_ = false;
  answer_for(minutes(3));
  EXPECT_EQ(told().size(), 5U);
}

TEST_F(BlindMonitor, R11_NewAnchorsAreAskedAtOnce) {
  driver_.start(test::make_catalogue({own_network()}));
  driver_.run(milliseconds(20));
  EXPECT_EQ(driver_.take_probes().size(), 3U);
}

TEST_F(BlindMonitor, R11_FewServicesAreHeldUntilFiveOfTheirResultsTell) {
  start(2);
  cut();
  answer_for(minutes(5));
  EXPECT_EQ(told(), Words{"monitor opened"});
}

TEST_F(BlindMonitor, R11_WhatFailsWhileBlindIsToldOfWhenItStillFailsAfterwards) {
  start();
  cut();
  answer_for(minutes(5));
  (void)told();
  mend();
  broken_ = {name(7)};
  answer_for(minutes(5));
  const Words words = told();
  EXPECT_EQ(words, (Words{"monitor resolved", "service-7 opened"}));
}

TEST_F(BlindMonitor, R11_AnchorsThatStaySilentForGoodHoldNothingBackOnceTheOthersAnswer) {
  start();
  cut();
  answer_for(minutes(5));
  EXPECT_EQ(told(), Words{"monitor opened"});
  answers_ = true;
  answer_for(minutes(3));
  EXPECT_EQ(told(), Words{"monitor resolved"});
  broken_ = {name(4)};
  answer_for(minutes(4));
  EXPECT_EQ(told(), Words{"service-4 opened"});
}

TEST_F(BlindMonitor, R11_AServiceThatWasDownBeforeStaysItsOwnFault) {
  start();
  broken_ = {name(2)};
  answer_for(minutes(3));
  EXPECT_EQ(told(), Words{"service-2 opened"});
  cut();
  answer_for(minutes(5));
  mend();
  broken_.clear();
  answer_for(minutes(5));
  const Words words = told();
  EXPECT_EQ(std::count(words.begin(), words.end(), "service-2 resolved"), 1);
  EXPECT_EQ(words.size(), 3U) << ::testing::PrintToString(words);
}

TEST_F(BlindMonitor, R11_TheDelayWithAnchorsThatAnswerIsTheirOwn) {
  start();
  broken_ = {name(0)};
  driver_.send(timed_out(0));
  EXPECT_EQ(driver_.state_of(name(0)).at_least_down.count, 0);
  answer_for(milliseconds(20));
  EXPECT_EQ(driver_.state_of(name(0)).at_least_down.count, 1);
}

TEST_F(BlindMonitor, R11_WhatIsHeldForAParentIsNotLetGoWhileBlind) {
  start();
  std::vector<Service> all;
  for (const auto& service : catalogue_->services) all.push_back(*service);
  all[1].depends_on.edit() = {ServiceId(name(0))};
  driver_.send(Catalogued{ungrouped(std::move(all)), {}});
  broken_ = {name(0), name(1)};
  answer_for(minutes(5));
  EXPECT_EQ(told_, Words{"service-0 opened"});
  told_.clear();
  cut();
  answer_for(minutes(10));
  EXPECT_EQ(told_, Words{"monitor opened"}) << "what became of the parent nobody sees";
  broken_ = {name(1)};
  told_.clear();
  mend();
  answer_for(minutes(5));
  EXPECT_EQ(std::count(told_.begin(), told_.end(), "service-1 opened"), 1) << "its parent is well: it is its own fault";
  EXPECT_EQ(std::count(told_.begin(), told_.end(), "service-0 resolved"), 1);
}

TEST_F(BlindMonitor, R11_ARestartWhileBlindGoesOnBlind) {
  start();
  cut();
  answer_for(minutes(5));
  (void)told();
  StoredState stored;
  for (const auto& service : driver_.engine().services()) {
    stored.services.push_back(service.state);
    if (service.open_incident) stored.open_incidents.push_back(*service.open_incident);
    for (const auto& check : service.checks)
      stored.checks.push_back({check.key, *driver_.engine().state_of(check.key)});
  }
  const Instant then = driver_.now();
  driver_ = EngineDriver();
  driver_.pass(std::chrono::ceil<milliseconds>(then.monotonic - driver_.now().monotonic));
  flying_.clear();
  driver_.start(catalogue_, stored);
  answer_for(minutes(5));
  EXPECT_EQ(told(), Words{});
  mend();
  answer_for(minutes(5));
  EXPECT_EQ(told(), Words{"monitor resolved"});
}

TEST_F(BlindMonitor, R11_AReloadInDoubtLosesNoFailure) {
  start();
  answers_ = false;
  driver_.send(timed_out(0));
  driver_.send(Catalogued{catalogue_, {}});
  answer_for(minutes(3));
  EXPECT_EQ(told().size(), 20U);
}

TEST_F(BlindMonitor, R11_WithoutAnchorsAnyMoreWhatWaitedIsJudged) {
  start();
  anchors_answer_ = false;
  driver_.send(timed_out(0));
  driver_.send(timed_out(1));
  driver_.send(timed_out(2));
  std::vector<Service> left;
  for (int i = 1; i < 20; ++i) left.push_back(*catalogue_->services[static_cast<std::size_t>(i)]);
  left[0].enabled = false;
  driver_.send(Catalogued{ungrouped(std::move(left)), {}});
  EXPECT_EQ(driver_.state_of(name(1)).at_least_down.count, 0) << "it is paused";
  EXPECT_EQ(driver_.state_of(name(2)).at_least_down.count, 1);
}

TEST_F(BlindMonitor, R11_NewAnchorsThatNeverAnsweredEndTheBlindness) {
  start();
  cut();
  answer_for(minutes(5));
  (void)told();
  std::vector<Service> all;
  for (const auto& service : catalogue_->services) all.push_back(*service);
  for (auto& check : all.back().checks) {
    auto other = std::make_shared<Check>(*check);
    other->id = CheckId("other-" + check->id.value());
    check = std::move(other);
  }
  driver_.send(Catalogued{ungrouped(std::move(all)), {}});
  answer_for(seconds(10));
  EXPECT_EQ(told(), Words{"monitor resolved"});
}

TEST_F(BlindMonitor, R11_AnswersLostInASleepAreAskedForAgain) {
  start();
  driver_.send(timed_out(0));
  driver_.run(milliseconds(20));
  const auto asked = driver_.take_probes();
  driver_.set_wall(std::chrono::hours(8));
  driver_.send(Resumed{std::chrono::hours(8)});
  for (const StartProbe& probe : asked)
    driver_.send(Observed{probe.key, test::make_result(Verdict::up, driver_.now().wall), probe.flight});
  answer_for(seconds(1));
  EXPECT_EQ(driver_.state_of(name(0)).at_least_down.count, 1) << "judged when the anchors answered";
}

TEST_F(BlindMonitor, R11_AnchorsThatSleptThroughTheirRoundAreAwaitedBeforeAnybodyIsBelieved) {
  start(2);
  cut();
  driver_.send(timed_out(0));
  answer_for(seconds(1));
  driver_.set_wall(std::chrono::hours(8));
  driver_.send(Resumed{std::chrono::hours(8)});
  answer_for(seconds(4));
  EXPECT_EQ(driver_.state_of(name(0)).at_least_down.count, 0) << "the answers of before the sleep count for nothing";
  answer_for(seconds(60));
  EXPECT_EQ(told(), Words{"monitor opened"});
}

TEST_F(BlindMonitor, R11_ABoundedNumberOfFailuresWaits) {
  start();
  anchors_answer_ = false;
  constexpr int more_than_wait = 10'050;
  for (int i = 0; i < more_than_wait; ++i) {
    Observed one = timed_out(0);
    one.result.at = driver_.now().wall + milliseconds(i);
    driver_.send(one);
  }
  EXPECT_EQ(driver_.state_of(name(0)).last_verdict, Verdict::unknown);
  EXPECT_EQ(driver_.state_of(name(0)).at_least_down.count, 0);
}

TEST_F(BlindMonitor, R11_ASinglePassDoesNotEndBeforeItKnows) {
  start();
  driver_.start(catalogue_, test::all_up(*test::make_catalogue({*catalogue_->services[0]})), Pace::single_pass);
  driver_.send(timed_out(0));
  for (const StartProbe& probe : driver_.take_probes()) driver_.send(Abandoned{probe.key});
  driver_.confirm_all();
  EXPECT_FALSE(driver_.engine().idle());
}

TEST_F(BlindMonitor, R11_AHeartbeatThatIsMissedWhileBlindIsNotMissed) {
  start();
  await_pings();
  answer_for(minutes(8));
  cut();
  answer_for(minutes(5));
  EXPECT_EQ(told(), Words{"monitor opened"});
  mend();
  answer_for(minutes(20));
  EXPECT_EQ(told(), (Words{"monitor resolved", "backup opened"}));  // the ping after that is missed for good
}

TEST_F(BlindMonitor, R11_OtherFlightsDoNotHoldTheAnchorsUp) {
  driver_ = EngineDriver(EngineLimits{2, 0});
  start();
  cut();
  answer_for(minutes(10));
  EXPECT_EQ(told(), Words{"monitor opened"});
}

TEST_F(BlindMonitor, R11_AHeartbeatIsMissedThoughAnAnchorIsSilent) {
  start();
  await_pings();
  answer_for(minutes(10));
  silent_anchor_ = "anchor-0";  // its timeout is as long as the others' word was held to be good
  answer_for(minutes(2));
  EXPECT_EQ(told(), Words{"backup opened"});
}

TEST_F(BlindMonitor, R11_AConflictDoesNotMakeItForgetWhatItSees) {
  start();
  cut();
  answer_for(minutes(2));
  EXPECT_EQ(told(), Words{"monitor opened"});
  const std::size_t row = catalogue_->services.size() - 1;
  StoredState stored;
  stored.services = {driver_.service(row).state};
  stored.open_incidents = {*driver_.service(row).open_incident};
  mend();
  driver_.run(seconds(6));
  for (StartProbe& probe : driver_.take_probes())
    driver_.send(Observed{probe.key, test::make_result(Verdict::up, driver_.now().wall), probe.flight});
  ASSERT_EQ(driver_.service(row).state.verdict, Verdict::up);
  const auto commits = driver_.take_commits();
  ASSERT_FALSE(commits.empty());
  driver_.send(CommitFailed{commits.back().seq, {CommitFault::conflict, {monitor_service()}, "version"}, stored});
  EXPECT_EQ(driver_.service(row).state.verdict, Verdict::down) << "as stored";
  answer_for(minutes(1));
  EXPECT_EQ(driver_.service(row).state.verdict, Verdict::up) << "the anchors were asked again";
}

}  // namespace
}  // namespace allclear
