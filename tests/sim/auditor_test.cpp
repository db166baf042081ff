// The promises can be broken: each of these streams of decisions breaks one, and the auditor must say so.
#include "tests/sim/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/conclude.h"
#include "core/rules/decide.h"
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
  AuditorTest() : random_(1), world_(random_, seconds(60)), auditor_(world_), service_(world_.services()[1]) {
    service_.alerts_on_first = true;
    service_.reopen = seconds(600);
    state_.service = service_.id;
  }

  Decision honest(Verdict verdict) {
    const Check& check = *service_.checks[0];
    const CheckResult result = test::make_result(verdict, wall_s(++second_));
    const CheckState before = check_;
    check_ = decide(check.confirm, check_, result).state;
    ServiceView view;
    view.service = &service_;
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
  }
  void expect_complaint(const char* words) { EXPECT_THAT(auditor_.violations(), Contains(HasSubstr(words))); }

  Random random_;
  World world_;
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
  EXPECT_THAT(auditor_.violations(), IsEmpty());
  EXPECT_EQ(auditor_.incidents_opened(), 1U) << "the second outage reopens";
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
  EXPECT_THAT(auditor_.violations(), IsEmpty());
  stored.checks[0].state.verdict = Verdict::up;
  stored.services[0].verdict = Verdict::up;
  stored.open_incidents.clear();
  auditor_.compare(stored);
  expect_complaint("is not what its log says");
  expect_complaint("differs from the log");
  expect_complaint("other open incidents");
}

}  // namespace
}  // namespace allclear::sim
