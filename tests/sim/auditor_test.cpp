// The promises can be broken: each of these streams of decisions breaks one, and the auditor must say so.
#include "tests/sim/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/conclude.h"
#include "core/rules/decide.h"
#include "core/rules/grouping.h"
#include "tests/support/builders.h"

namespace allclear::sim {
namespace {

using test::wall_s;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// Honest decisions about the world's second service, made by the rules; a test spoils one and shows all to the auditor.
class AuditorTest : public testing::Test {
 protected:
  AuditorTest() : world_(make_world()), auditor_(world_, findings_), service_(world_.services()[1]) {
    service_.alerts_on_first = true;
    service_.reopen = seconds(600);
    state_.service = service_.id;
  }

  // The first that has what the tests are about: a parent with a child, and a pager that wants only the worst, later.
  static World make_world() {
    for (std::uint64_t seed = 1;; ++seed) {
      Random random(seed);
      World world(random, {seconds(60)});
      const auto& channels = *world.services()[1].alerts;
      const ChannelPolicy& pager = world.policy(ChannelId("pager"));
      const bool picky = !pager.only_verdicts.empty() && pager.after > milliseconds(0);
      const bool quiet = world.catalogue({}, {})->maintenances.empty();
      if (world.family().size() == 2 && channels.size() == 2 && picky && quiet) return world;
    }
  }

  Decision honest(Verdict verdict) {
    const Check& check = *service_.checks[0];
    const CheckResult result = test::make_result(verdict, wall_s(++second_));
    const CheckState before = check_;
    check_ = decide(check.confirm, check_, result).state;
    ServiceView view;
    view.service = &service_;
    view.channels = &world_.channels();
    view.checks = {{&check, local_location(), &check_}};
    view.stepped = 0;
    view.state = state_;
    view.open_incident = open_;
    view.last_resolved = resolved_;
    Decision decision = conclude(view, result, wall_s(second_));
    decision.key = CheckKey{service_.id, check.id, local_location()};
    decision.result = result;
    if (!same_row(before, check_)) decision.state = check_;
    if (decision.service_state) state_ = *decision.service_state;
    if (decision.incident) {
      open_.reset();
      (decision.incident->open() ? open_ : resolved_) = decision.incident;
    }
    return decision;
  }
  // Up, then down until an incident opens, which is the last decision.
  std::vector<Decision> outage() {
    std::vector<Decision> decisions;
    while (state_.verdict != Verdict::up) decisions.push_back(honest(Verdict::up));
    while (!open_) decisions.push_back(honest(Verdict::down));
    return decisions;
  }
  std::vector<Decision> recovery() {
    std::vector<Decision> decisions;
    while (open_) decisions.push_back(honest(Verdict::up));
    return decisions;
  }
  void show(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions) auditor_.committed(decision);
    auditor_.end_of_transaction();
  }
  void expect_complaint(const char* words) { EXPECT_THAT(findings_.all(), Contains(HasSubstr(words))); }

  World world_;
  Findings findings_;
  Auditor auditor_;
  Service service_;
  CheckState check_;
  ServiceState state_;
  std::optional<Incident> open_;
  std::optional<Incident> resolved_;
  int second_ = 0;
};

TEST_F(AuditorTest, HonestDecisionsBreakNothing) {
  show(outage());
  show(recovery());
  show(outage());
  EXPECT_THAT(findings_.all(), IsEmpty());
  EXPECT_EQ(auditor_.counts().incidents, 1U) << "the second outage reopens";
}

TEST_F(AuditorTest, SeesTwoOpenIncidents) {
  auto decisions = outage();
  decisions.push_back(decisions.back());
  decisions.back().incident->id = IncidentId("ANOTHER");
  show(decisions);
  expect_complaint("two open incidents");
}

TEST_F(AuditorTest, SeesAnAlertWithoutAStep) {
  auto decisions = outage();
  decisions.back().alerts[0].ordinal = 9;
  show(decisions);
  expect_complaint("an alert without an incident step");
}

TEST_F(AuditorTest, SeesAnIncidentThatNobodyIsToldOf) {
  auto decisions = outage();
  decisions.back().alerts.clear();
  show(decisions);
  expect_complaint("is told nothing of step 1");
}

TEST_F(AuditorTest, SeesUpWithoutDown) {
  auto decisions = outage();
  decisions.back().alerts.clear();
  decisions.back().incident->announced = false;
  show(decisions);
  show(recovery());
  expect_complaint("up without down");
}

TEST_F(AuditorTest, SeesAnEndThatIsNotTold) {
  show(outage());
  auto decisions = recovery();
  decisions.back().alerts.clear();
  show(decisions);
  expect_complaint("never hears of the end");
}

TEST_F(AuditorTest, SeesTwoAlertsWithOneOrdinal) {
  auto decisions = outage();
  decisions.push_back(decisions.back());
  decisions.back().alerts[0].id = AlertId("another");
  show(decisions);
  expect_complaint("two different alerts with one ordinal");
}

TEST_F(AuditorTest, SeesAStateThatTheLogDoesNotSay) {
  auto decisions = outage();
  decisions.back().state->verdict = Verdict::degraded;
  show(decisions);
  expect_complaint("does not replay");
}

TEST_F(AuditorTest, SeesALostStateRow) {
  auto decisions = outage();
  decisions.back().state.reset();
  show(decisions);
  expect_complaint("does not replay");
}

TEST_F(AuditorTest, SeesBrokenTransitions) {
  auto decisions = outage();
  Transition& transition = *decisions.back().transition;
  transition.from = Verdict::degraded;
  transition.at = transition.confirmed_at + seconds(1);
  decisions.back().service_state.reset();
  show(decisions);
  expect_complaint("from a state it was not in");
  expect_complaint("dated after its confirmation");
  expect_complaint("without its service state");
}

TEST_F(AuditorTest, SeesAFalseAlert) {
  auto decisions = outage();
  decisions.back().incident->service = world_.steady();
  show(decisions);
  expect_complaint("never failed");
}

TEST_F(AuditorTest, SeesAnIncidentThatLosesStepsOrEndsBeforeItBegan) {
  show(outage());
  auto decisions = recovery();
  show(decisions);
  decisions.back().incident->resolved_at = decisions.back().incident->opened_at - seconds(1);
  decisions.back().incident->timeline.pop_back();
  decisions.back().alerts.clear();
  decisions.back().transition.reset();
  show({decisions.back()});
  expect_complaint("forgot a step");
  expect_complaint("resolved before it was opened");
}

TEST_F(AuditorTest, SeesAStoreThatLostSomething) {
  show(outage());
  StoredState stored;
  stored.checks.push_back({{service_.id, service_.checks[0]->id, local_location()}, check_});
  stored.services.push_back(state_);
  stored.open_incidents.push_back(*open_);
  auditor_.compare(stored);
  EXPECT_THAT(findings_.all(), IsEmpty());
  stored.checks[0].state.verdict = Verdict::up;
  stored.services[0].verdict = Verdict::up;
  stored.open_incidents.clear();
  auditor_.compare(stored);
  expect_complaint("is not what its log says");
  expect_complaint("differs from the log");
  expect_complaint("other open incidents");
}

TEST_F(AuditorTest, SeesAReminderOfWhatSomebodyLooksAfter) {
  auto decisions = outage();
  show(decisions);
  Decision reminder;
  reminder.service = service_.id;
  reminder.incident = remind_of_incident(*open_, wall_s(++second_)).incident;
  auditor_.acknowledged(open_->id, 0);
  show({reminder});
  expect_complaint("a reminder although somebody looks after it");
}

TEST_F(AuditorTest, SeesAPageWhileOurOwnNetworkIsGone) {
  auditor_.cut_off({service_.id}, wall_s(0));
  show(outage());
  expect_complaint("although our own network is gone");
}

TEST_F(AuditorTest, SeesAPageOfAChildWhoseParentIsDown) {
  const auto family = world_.family();
  Decision parent;
  parent.service = family[0];
  parent.service_state = ServiceState{family[0], Verdict::down, Reason::refused, false, wall_s(0)};
  auto decisions = outage();
  Decision child = decisions.back();
  child.service = child.incident->service = family[1];
  child.key.reset();
  child.transition.reset();
  child.service_state.reset();
  show({parent});
  show({child});
  expect_complaint(": told of although its parent is down");
}

TEST_F(AuditorTest, SeesWordsThatAChannelDidNotAskFor) {
  auto decisions = outage();
  Alert& alert = decisions.back().alerts[0];
  alert.channel = ChannelId("pager");
  decisions.back().incident->worst = Verdict::degraded;
  show(decisions);
  expect_complaint("pager is told too soon");
  expect_complaint("pager is told what it did not ask for");
}

TEST_F(AuditorTest, SeesAnIncidentThatIsLeftToNoGroup) {
  auto decisions = outage();
  decisions.back().incident->grouped = {ChannelId("ops")};
  show(decisions);
  expect_complaint("left to a group that is not there");
}

TEST_F(AuditorTest, SeesAGroupThatDoesNotNameWhomItStandsFor) {
  auto decisions = outage();
  Decision& opening = decisions.back();
  opening.incident->grouped = {ChannelId("ops")};
  opening.alerts.clear();
  Decision group;
  group.service = monitor_service();
  group.incident = begin_group(ChannelId("ops"), wall_s(second_));
  decisions.insert(decisions.end() - 1, group);
  show(decisions);
  EXPECT_THAT(findings_.all(), IsEmpty());
  const GroupMember other{"Another", Verdict::down, Severity::major};
  group.incident = tell_of_group(*group.incident, std::span(&other, 1), 1, wall_s(second_)).incident;
  show({group});
  expect_complaint("its group does not name it");
}

TEST_F(AuditorTest, SeesMaintenanceThatTheCalendarDoesNotKnow) {
  auto decisions = outage();
  Decision& last = decisions.back();
  last.transition->maintenance = !world_.under_maintenance(service_.id, last.transition->confirmed_at);
  show(decisions);
  expect_complaint("its maintenance is not what the calendar says");
}

}  // namespace
}  // namespace allclear::sim
