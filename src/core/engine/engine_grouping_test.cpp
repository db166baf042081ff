// Storms of alerts, by the engine (R17): few messages, and every service in one of them.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_grouping_test {
namespace {

using std::chrono::minutes;
using test::EngineDriver;
using test::make_check;
using test::make_service;

struct Message {
  std::string subject;
  IncidentStep step;
  std::string channel;
  MonotonicTime at;
  AlertId id;
};

class Storm : public testing::Test {
 protected:
  static std::string name(int i) { return "s" + std::to_string(i); }

  std::shared_ptr<const Catalogue> catalogue(int services, GroupingPolicy policy = {}) {
    std::vector<Service> all;
    for (int i = 0; i < services; ++i) {
      Check check = make_check(name(i), name(i));
      check.interval = minutes(60);
      check.confirm.down = 1;
      Service service = make_service(name(i), {check});
      service.reopen = milliseconds(0);
      all.push_back(std::move(service));
    }
    auto made = std::make_shared<Catalogue>(*test::make_catalogue(std::move(all)));
    made->grouping = policy;
    return made;
  }
  void start(int services, GroupingPolicy policy = {}) {
    catalogue_ = catalogue(services, policy);
    driver_.start(catalogue_, test::all_up(*catalogue_));
  }
  void turn(int from, int to, Verdict verdict) {
    for (int i = from; i < to; ++i) {
      driver_.pass(milliseconds(1));
      driver_.observe(name(i), verdict);
    }
    take();
  }
  void run(milliseconds time) {
    for (milliseconds passed{0}; passed < time; passed += seconds(1)) {
      driver_.run(seconds(1));
      take();
    }
  }
  void take() {
    for (const Commit& commit : driver_.take_commits()) {
      for (const Decision& decision : commit.decisions) {
        if (decision.incident) incidents_[decision.incident->id] = *decision.incident;
        for (const Alert& alert : decision.alerts)
          told_.push_back(
              {alert.service.value(), alert.step, alert.channel.value(), driver_.now().monotonic, alert.id});
      }
      driver_.send(Committed{commit.seq});
    }
  }
  std::vector<Message> told() { return std::exchange(told_, {}); }
  // Of the group; there is one at most.
  std::string words() const {
    for (const auto& [id, incident] : incidents_) {
      if (!incident.group.empty()) return incident.timeline.empty() ? "" : incident.timeline.back().body;
    }
    return "no group";
  }
  StoredState stored() {
    StoredState stored = test::all_up(*catalogue_);
    for (StoredCheck& check : stored.checks) check.state = driver_.state_of(check.key.service.value());
    for (ServiceState& state : stored.services) {
      for (const auto& service : driver_.engine().services()) {
        if (service.service->id == state.service) state = service.state;
      }
    }
    for (const auto& [id, incident] : incidents_) {
      if (incident.open()) stored.open_incidents.push_back(incident);
    }
    return stored;
  }

  std::size_t groups() const {
    return static_cast<std::size_t>(
        std::count_if(incidents_.begin(), incidents_.end(), [](const auto& one) { return !one.second.group.empty(); }));
  }
  // What is not confirmed yet meets a rival's row of s29, who saw the same as is stored and a moment ago.
  void conflict(StoredState stored, WallTime rival_at) {
    const auto commits = driver_.take_commits();
    ASSERT_FALSE(commits.empty());
    stored.checks[29].state.last_at = rival_at;
    ++stored.checks[29].state.version;
    driver_.send(CommitFailed{commits[0].seq, {CommitFault::conflict, {ServiceId("s29")}, "version"}, stored});
    take();
  }

  EngineDriver driver_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<Message> told_;
  std::map<IncidentId, Incident> incidents_;
};

TEST_F(Storm, R17_AThousandAtOnceAreTenMessagesAndAGroupWithinThirtySeconds) {
  start(1000);
  const MonotonicTime began = driver_.now().monotonic;
  turn(0, 1000, Verdict::down);
  EXPECT_EQ(told().size(), 10U);
  run(seconds(30));
  const auto group = told();
  ASSERT_EQ(group.size(), 1U);
  EXPECT_EQ(group[0].subject, "monitor");
  EXPECT_EQ(group[0].step, IncidentStep::opened);
  EXPECT_LE(group[0].at - began, seconds(30));
  EXPECT_TRUE(words().starts_with("990 services began to fail at once; still failing: ")) << words();
  EXPECT_TRUE(words().ends_with(" and 940 more")) << words();
  run(minutes(20));
  EXPECT_TRUE(told().empty()) << "nothing new";
}

TEST_F(Storm, R17_AfterThatAtMostOneMessageInFiveMinutes) {
  start(1000);
  turn(0, 500, Verdict::down);
  run(seconds(15));
  (void)told();
  std::vector<Message> later;
  for (int i = 0; i < 50; ++i) {
    turn(500 + i * 10, 510 + i * 10, Verdict::down);  // ten more each 20 s
    run(seconds(20));
    for (Message& one : told()) later.push_back(one);
  }
  ASSERT_GE(later.size(), 3U);
  EXPECT_LE(later.size(), 5U);
  for (std::size_t i = 0; i < later.size(); ++i) {
    EXPECT_EQ(later[i].subject, "monitor");
    if (i > 0) {
      EXPECT_GE(later[i].at - later[i - 1].at, minutes(5));
    }
  }
}

TEST_F(Storm, R17_TheEndIsToldByWhoeverToldTheBeginning) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  (void)told();
  turn(0, 30, Verdict::up);
  run(minutes(6));
  std::set<std::string> single;
  int group = 0;
  for (const Message& one : told()) {
    EXPECT_EQ(one.step, IncidentStep::resolved) << one.subject;
    one.subject == "monitor" ? void(++group) : void(single.insert(one.subject));
  }
  EXPECT_EQ(single.size(), 10U);
  EXPECT_EQ(group, 1);
  EXPECT_EQ(words(), "All of 20 services are up again");
}

TEST_F(Storm, R17_WhoIsStillDownIsNamed) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  turn(12, 30, Verdict::up);
  run(minutes(6));
  EXPECT_EQ(words(), "2 of 20 services still fail: Service s10, Service s11");
}

TEST_F(Storm, R17_WhenItIsOverOneAlertIsOneMessageAgain) {
  start(30);
  turn(0, 20, Verdict::down);
  run(minutes(3));
  (void)told();
  turn(25, 26, Verdict::down);
  const auto messages = told();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].subject, "s25");
}

TEST_F(Storm, R17_ACrashLosesNeitherTheGroupNorWhatItStandsFor) {
  start(30);
  turn(0, 30, Verdict::down);
  EXPECT_EQ(told().size(), 10U);
  const StoredState kept = stored();
  driver_ = EngineDriver();
  driver_.pass(seconds(60));
  driver_.start(catalogue_, kept);
  run(seconds(15));
  const auto messages = told();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].step, IncidentStep::opened);
  EXPECT_TRUE(words().starts_with("20 services began to fail at once")) << words();
  const StoredState later = stored();
  driver_ = EngineDriver();
  driver_.pass(seconds(120));
  driver_.start(catalogue_, later);
  turn(0, 30, Verdict::up);
  run(minutes(6));
  std::set<AlertId> ids;
  for (const Message& one : told()) {
    EXPECT_EQ(one.step, IncidentStep::resolved) << one.subject;
    EXPECT_TRUE(ids.insert(one.id).second);
  }
  EXPECT_EQ(ids.size(), 11U);
}

TEST_F(Storm, R17_AStartCountsOnFromWhatTheGroupTold) {
  start(40);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  turn(0, 20, Verdict::up);
  const StoredState kept = stored();
  driver_ = EngineDriver();
  driver_.pass(seconds(60));
  driver_.start(catalogue_, kept);
  run(minutes(6));
  EXPECT_TRUE(words().starts_with("10 of 20 services still fail: ")) << words();
  turn(20, 30, Verdict::up);
  run(minutes(6));
  EXPECT_EQ(words(), "All of 20 services are up again");
}

TEST_F(Storm, R17_AServiceThatLeavesTheConfigHoldsNoGroupOpen) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  catalogue_ = catalogue(29);
  driver_.send(Catalogued{catalogue_, {}});
  turn(0, 29, Verdict::up);
  run(minutes(6));
  EXPECT_EQ(words(), "All of 20 services are up again");
}

TEST_F(Storm, R17_AnEndThatAConflictMakesVoidLeavesTheGroupOpen) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  turn(0, 29, Verdict::up);
  const StoredState kept = stored();
  driver_.pass(seconds(1));
  driver_.observe("s29", Verdict::up);
  conflict(kept, driver_.now().wall);
  ASSERT_EQ(driver_.service(29).state.verdict, Verdict::down);
  run(minutes(6));
  EXPECT_EQ(words(), "1 of 20 services still fail: Service s29");
  turn(29, 30, Verdict::up);
  run(minutes(6));
  EXPECT_EQ(words(), "All of 20 services are up again");
  EXPECT_EQ(groups(), 1U);
}

TEST_F(Storm, R17_AGroupsOwnEndThatAConflictMakesVoidIsToldToNobody) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  turn(0, 29, Verdict::up);
  const StoredState kept = stored();
  (void)told();
  driver_.pass(seconds(1));
  driver_.observe("s29", Verdict::up);
  driver_.run(minutes(6));  // the group ends, too
  conflict(kept, driver_.now().wall);
  ASSERT_EQ(driver_.service(29).state.verdict, Verdict::down);
  run(minutes(6));
  for (const Message& one : told()) EXPECT_EQ(one.step, IncidentStep::updated);
  EXPECT_EQ(words(), "1 of 20 services still fail: Service s29");
  turn(29, 30, Verdict::up);
  run(minutes(6));
  EXPECT_EQ(words(), "All of 20 services are up again");
  EXPECT_EQ(groups(), 1U);
}

TEST_F(Storm, R17_AnOpeningThatAConflictMakesVoidCountsOnce) {
  start(30);
  turn(0, 29, Verdict::down);
  const StoredState kept = stored();
  driver_.pass(seconds(1));
  driver_.observe("s29", Verdict::down);
  conflict(kept, driver_.now().wall - milliseconds(1));
  ASSERT_EQ(driver_.service(29).state.verdict, Verdict::down) << "judged again";
  run(seconds(15));
  EXPECT_TRUE(words().starts_with("20 services began to fail at once")) << words();
}

TEST_F(Storm, R17_WhatBeganAndEndedInVainCountsOnce) {
  start(30);
  turn(0, 29, Verdict::down);
  const StoredState kept = stored();
  for (const Verdict verdict : {Verdict::down, Verdict::up}) {
    driver_.pass(seconds(1));
    driver_.observe("s29", verdict);
  }
  conflict(kept, driver_.now().wall - seconds(1) - milliseconds(1));
  ASSERT_EQ(driver_.service(29).state.verdict, Verdict::up) << "both judged again";
  run(seconds(15));
  EXPECT_TRUE(words().starts_with("20 services began to fail at once")) << words();
}

TEST_F(Storm, R17_WhatTheOtherWriterEndedHoldsNoGroupOpen) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(15));
  turn(0, 29, Verdict::up);
  run(minutes(6));
  EXPECT_EQ(words(), "1 of 20 services still fail: Service s29");
  StoredState kept = stored();
  driver_.pass(seconds(1));
  driver_.observe("s29", Verdict::unknown);
  kept.checks[29].state.verdict = Verdict::up;
  kept.services[29].verdict = Verdict::up;
  const auto its = std::find_if(kept.open_incidents.begin(), kept.open_incidents.end(),
                                [](const Incident& one) { return one.service == ServiceId("s29"); });
  its->resolved_at = driver_.now().wall;
  incidents_[its->id] = *its;
  kept.recent_incidents.push_back(*its);
  kept.open_incidents.erase(its);
  conflict(kept, driver_.now().wall);
  ASSERT_EQ(driver_.service(29).open_incident, nullptr);
  run(minutes(12));
  EXPECT_EQ(words(), "All of 20 services are up again");
}

TEST_F(Storm, R17_EachChannelHasItsOwn) {
  catalogue_ = catalogue(24);
  auto two = std::make_shared<Catalogue>(*catalogue_);
  for (std::size_t i = 0; i < two->services.size(); ++i) {
    auto service = std::make_shared<Service>(*two->services[i]);
    if (i % 2 == 0) service->alerts = std::vector{ChannelId("ops"), ChannelId("pager")};
    two->services[i] = service;
  }
  catalogue_ = two;
  driver_.start(catalogue_, test::all_up(*catalogue_));
  turn(0, 24, Verdict::down);
  run(seconds(15));
  std::map<std::string, int> single, group;
  for (const Message& one : told()) ++(one.subject == "monitor" ? group : single)[one.channel];
  EXPECT_EQ(single, (std::map<std::string, int>{{"ops", 10}, {"pager", 10}}));
  EXPECT_EQ(group, (std::map<std::string, int>{{"ops", 1}, {"pager", 1}}));
}

TEST_F(Storm, R17_AGroupThatIsOverAtItsFirstWordEnds) {
  start(30);
  turn(0, 30, Verdict::down);
  run(seconds(5));
  turn(0, 30, Verdict::up);
  run(minutes(12));
  EXPECT_EQ(words(), "All of 20 services are up again");
}

TEST_F(Storm, R17_AtAStartTheConfigsThresholdHolds) {
  GroupingPolicy policy;
  policy.threshold = 3;
  start(30, policy);
  turn(0, 30, Verdict::down);
  // As after a window of maintenance that ended while nobody was here.
  StoredState kept = stored();
  kept.open_incidents.clear();
  for (ServiceState& state : kept.services) {
    state.verdict = Verdict::unknown;
    state.maintenance = true;
  }
  driver_ = EngineDriver();
  (void)told();
  driver_.pass(minutes(5));
  driver_.start(catalogue_, kept);
  take();
  EXPECT_EQ(told().size(), 3U);
}

}  // namespace
}  // namespace allclear::engine_grouping_test
