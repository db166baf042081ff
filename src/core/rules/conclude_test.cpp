#include "core/rules/conclude.h"

#include <deque>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "tests/support/builders.h"

namespace allclear::conclude_test {
namespace {

using test::make_check;
using test::make_result;
using test::make_service;
using test::wall_s;

// A service with checks in given confirmed states, seen as the engine would after the step of the first of them.
struct Scene {
  Service service;
  std::deque<CheckState> states;
  ServiceView view;

  explicit Scene(std::string_view verdicts, Verdict before = Verdict::up, int since = 1) {
    std::vector<Check> checks;
    for (std::size_t i = 0; i < verdicts.size(); ++i) checks.push_back(make_check("shop", fmt::format("check-{}", i)));
    service = make_service("shop", std::move(checks));
    service.alerts = std::vector{ChannelId("ops"), ChannelId("pager")};
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      CheckState& state = states.emplace_back();
      state.verdict = test::verdict_of(verdicts[i]);
      state.reason = test::usual_reason(state.verdict);
      state.since = wall_s(static_cast<int>(i) * 10 + 10);
      view.checks.push_back({service.checks[i].get(), local_location(), &state});
    }
    view.service = &service;
    view.state = {service.id, before, test::usual_reason(before), false, wall_s(since)};
    view.stepped = 0;
  }
  Decision decide_at(int second) const {
    return conclude(view, make_result(states[0].verdict, wall_s(second)), wall_s(second));
  }
};

TEST(Conclude, NothingWhenTheServiceStandsAsBefore) {
  const Decision decision = Scene("UU").decide_at(30);
  EXPECT_EQ(decision.service, ServiceId("shop"));
  EXPECT_FALSE(decision.transition || decision.service_state || decision.incident);
  EXPECT_TRUE(decision.alerts.empty());
  EXPECT_FALSE(decision.urgent());
}

TEST(Conclude, R9_TheSameMillisecondOfAClockThatWasSetBackIsAnotherIncident) {
  const Scene first("D");
  Scene again("D");
  again.view.rows_written = first.view.rows_written + 2;  // it was up since; nobody remembers its incident
  EXPECT_EQ(first.decide_at(12).incident->opened_at, again.decide_at(12).incident->opened_at);
  EXPECT_NE(first.decide_at(12).incident->id, again.decide_at(12).incident->id);
  EXPECT_EQ(again.decide_at(12).incident->id, again.decide_at(13).incident->id) << "judged again, it is the same one";
}

TEST(Conclude, AnotherReasonChangesTheRowOnly) {
  Scene scene("D", Verdict::down);
  scene.view.state.reason = Reason::timeout;
  const Decision decision = scene.decide_at(30);
  ASSERT_TRUE(decision.service_state.has_value());
  EXPECT_EQ(decision.service_state->reason, Reason::refused);
  EXPECT_EQ(decision.service_state->since, wall_s(1));
  EXPECT_FALSE(decision.urgent());
}

TEST(Conclude, ADownIsBackdatedOpensAnIncidentAndOwesOneAlertPerChannel) {
  const Decision decision = Scene("D").decide_at(30);
  ASSERT_TRUE(decision.transition.has_value());
  EXPECT_EQ(decision.transition->from, Verdict::up);
  EXPECT_EQ(decision.transition->to, Verdict::down);
  EXPECT_EQ(decision.transition->at, wall_s(10));
  EXPECT_EQ(decision.transition->confirmed_at, wall_s(30));
  EXPECT_EQ(decision.transition->cause, CheckId("check-0"));
  EXPECT_EQ(decision.service_state->since, wall_s(10));
  ASSERT_TRUE(decision.incident.has_value());
  EXPECT_EQ(decision.incident->opened_at, wall_s(10));
  EXPECT_EQ(decision.incident->timeline[0].evidence, "seen: refused");
  ASSERT_EQ(decision.alerts.size(), 2U);
  EXPECT_TRUE(decision.urgent());
}

TEST(Conclude, R3_AnAlertsKeyIsTheHashOfIncidentOrdinalAndChannel) {
  const Decision decision = Scene("D").decide_at(30);
  const std::string incident = decision.incident->id.value();
  EXPECT_EQ(decision.alerts[0].id.value(), stable_key({incident, "1", "ops"}));
  EXPECT_EQ(decision.alerts[1].id.value(), stable_key({incident, "1", "pager"}));
  for (const Alert& alert : decision.alerts) {
    EXPECT_EQ(alert.state, AlertState::owed);
    EXPECT_EQ(alert.due_at, wall_s(30));
    EXPECT_EQ(alert.created_at, wall_s(30));
    EXPECT_EQ(alert.ordinal, 1U);
    EXPECT_EQ(alert.step, IncidentStep::opened);
    EXPECT_EQ(alert.incident, decision.incident->id);
  }
}

TEST(Conclude, R3_ReopeningMakesNewKeys) {
  Scene scene("D");
  Decision decision = scene.decide_at(30);
  std::set<std::string> keys{decision.alerts[0].id.value()};
  Incident resolved = *decision.incident;
  resolved.resolved_at = wall_s(40);
  resolved.timeline.push_back({2, wall_s(40), IncidentStep::resolved, IncidentState::resolved, "", "", ""});
  scene.view.last_resolved = resolved;
  scene.states[0].since = wall_s(50);
  decision = scene.decide_at(60);
  EXPECT_EQ(decision.incident->id, resolved.id);
  EXPECT_EQ(decision.alerts[0].ordinal, 3U);
  EXPECT_EQ(decision.alerts[0].step, IncidentStep::reopened);
  EXPECT_TRUE(keys.insert(decision.alerts[0].id.value()).second);
}

TEST(Conclude, RecoveryOfOneOfTwoBadChecksIsDatedByTheOneThatRecovered) {
  Scene scene("US", Verdict::down, 2);  // check-1 is degraded since 20, check-0 came back at 25
  scene.states[0].since = wall_s(25);
  const Decision decision = scene.decide_at(30);
  EXPECT_EQ(decision.transition->to, Verdict::degraded);
  EXPECT_EQ(decision.transition->at, wall_s(25));
  EXPECT_EQ(decision.transition->cause, CheckId("check-1"));
}

TEST(Conclude, ATransitionIsNeverDatedBeforeTheStateThatItEnds) {
  Scene scene("D", Verdict::up, 15);
  EXPECT_EQ(scene.decide_at(30).transition->at, wall_s(15));
  scene.view.state.since = wall_s(9'000);  // the wall clock was set back meanwhile
  EXPECT_EQ(scene.decide_at(30).transition->at, wall_s(10));
  scene.states[0].since = wall_s(8'000);
  EXPECT_EQ(scene.decide_at(30).transition->at, wall_s(30));
}

TEST(Conclude, AChangeOfTheConfigIsDatedNow) {
  Scene scene("U", Verdict::down);
  scene.view.stepped.reset();
  EXPECT_EQ(scene.decide_at(30).transition->at, wall_s(30));
}

TEST(Conclude, UnknownMovesTheServiceAndPagesNobody) {
  const Decision decision = Scene("?").decide_at(30);
  EXPECT_EQ(decision.transition->to, Verdict::unknown);
  EXPECT_FALSE(decision.incident.has_value());
  EXPECT_TRUE(decision.alerts.empty());
}

TEST(Conclude, AFirstUpMakesNoIncident) {
  Scene scene("U", Verdict::unknown, 0);
  scene.view.state.since = WallTime{};
  const Decision decision = scene.decide_at(30);
  EXPECT_EQ(decision.transition->to, Verdict::up);
  EXPECT_FALSE(decision.incident.has_value());
}

TEST(Conclude, AFirstDownIsToldOnlyWhenAskedFor) {
  Scene scene("D", Verdict::unknown);
  scene.view.state.since = WallTime{};
  EXPECT_EQ(scene.decide_at(30).alerts.size(), 2U);
  scene.service.alerts_on_first = false;
  const Decision quiet = scene.decide_at(30);
  ASSERT_TRUE(quiet.incident.has_value());
  EXPECT_FALSE(quiet.incident->announced);
  EXPECT_TRUE(quiet.alerts.empty());
  scene.view.state = {scene.service.id, Verdict::unknown, Reason::local_fault, false, wall_s(5)};
  EXPECT_EQ(scene.decide_at(30).alerts.size(), 2U) << "unknown after a known state is no first time";
}

TEST(Conclude, WhatWasNotAnnouncedIsNotResolvedAloudButEscalatesAloud) {
  Scene first("S", Verdict::unknown);
  first.view.state.since = WallTime{};
  first.service.alerts_on_first = false;
  const Incident silent = *first.decide_at(30).incident;
  Scene recovered("U", Verdict::degraded);
  recovered.view.open_incident = silent;
  const Decision resolved = recovered.decide_at(60);
  EXPECT_FALSE(resolved.incident->open());
  EXPECT_TRUE(resolved.alerts.empty());
  Scene worse("D", Verdict::degraded);
  worse.view.open_incident = silent;
  const Decision escalated = worse.decide_at(60);
  EXPECT_TRUE(escalated.incident->announced);
  EXPECT_EQ(escalated.alerts.size(), 2U);
}

TEST(Conclude, EasingOwesNoAlert) {
  Scene scene("S", Verdict::down);
  scene.view.open_incident = *Scene("D").decide_at(12).incident;
  const Decision decision = scene.decide_at(30);
  EXPECT_TRUE(decision.incident.has_value());
  EXPECT_TRUE(decision.alerts.empty());
}

// Of a child whose parent is down.
TEST(ConcludeHeld, WhatIsWorseWaitsWhileItIsHeldAndWhatIsBetterDoesNot) {
  Scene worse("D");
  worse.view.held = true;
  EXPECT_TRUE(worse.decide_at(30).transition.has_value()) << "the page shows what is";
  EXPECT_FALSE(worse.decide_at(30).incident.has_value());
  const Incident degraded = *Scene("S").decide_at(12).incident;
  Scene escalating("D", Verdict::degraded);
  escalating.view.held = true;
  escalating.view.open_incident = degraded;
  EXPECT_FALSE(escalating.decide_at(30).incident.has_value());
  Scene recovering("U", Verdict::degraded);
  recovering.view.held = true;
  recovering.view.open_incident = degraded;
  EXPECT_EQ(recovering.decide_at(30).alerts.size(), 2U) << "a recovery is never held";
}

TEST(ConcludeHeld, AnUnannouncedFirstResultIsNotHeld) {
  Scene scene("D", Verdict::unknown);
  scene.view.state.since = WallTime{};
  scene.view.held = true;
  EXPECT_FALSE(scene.decide_at(30).incident.has_value());
  scene.service.alerts_on_first = false;
  ASSERT_TRUE(scene.decide_at(30).incident.has_value());
  EXPECT_FALSE(scene.decide_at(30).incident->announced);
}

TEST(ConcludeRelease, TellsOfWhatBeganWhileItWasHeld) {
  Scene scene("D", Verdict::down, 10);
  const Decision decision = conclude_release(scene.view, "seen: refused", wall_s(300));
  EXPECT_FALSE(decision.transition || decision.service_state) << "both were stored when it changed";
  ASSERT_TRUE(decision.incident.has_value());
  EXPECT_EQ(decision.incident->opened_at, wall_s(10));
  EXPECT_EQ(decision.incident->timeline[0].at, wall_s(300));
  EXPECT_EQ(decision.alerts.size(), 2U);
}

TEST(ConcludeRelease, TwoThatBeganInTheSameMillisecondOfAClockThatWasSetBackAreTwoIncidents) {
  Scene first("D", Verdict::down, 10);
  first.states[0].last_at = wall_s(20);
  Scene second("D", Verdict::down, 10);
  second.states[0].last_at = wall_s(290);
  const IncidentId id = conclude_release(first.view, "", wall_s(300)).incident->id;
  EXPECT_EQ(conclude_release(first.view, "", wall_s(310)).incident->id, id) << "judged again it is the same";
  EXPECT_NE(conclude_release(second.view, "", wall_s(300)).incident->id, id);
}

TEST(ConcludeRelease, OwesOnlyWhatIsWorseThanWasTold) {
  EXPECT_FALSE(conclude_release(Scene("U").view, "", wall_s(300)).urgent());
  EXPECT_FALSE(conclude_release(Scene("?", Verdict::unknown).view, "", wall_s(300)).urgent());
  Scene told("D", Verdict::down);
  told.view.open_incident = *Scene("D").decide_at(12).incident;
  EXPECT_FALSE(conclude_release(told.view, "", wall_s(300)).urgent());
  Scene worse("D", Verdict::down);
  worse.view.open_incident = *Scene("S").decide_at(12).incident;
  const Decision decision = conclude_release(worse.view, "", wall_s(300));
  ASSERT_EQ(decision.alerts.size(), 2U);
  EXPECT_EQ(decision.alerts[0].step, IncidentStep::escalated);
}

TEST(ConcludeRelease, WhatWasEndedByHandSinceItBeganStaysEnded) {
  Scene scene("D", Verdict::down, 10);
  scene.view.last_resolved = *Scene("D").decide_at(12).incident;
  scene.view.last_resolved->resolved_at = wall_s(60);
  EXPECT_EQ(scene.view.last_resolved->opened_at, wall_s(10));
  EXPECT_TRUE(owes_news(scene.view)) << "it ended by itself: the clock was set back since";
  TimelineEntry end = scene.view.last_resolved->timeline.back();
  end.step = IncidentStep::resolved;
  end.author = "anna";
  scene.view.last_resolved->timeline.push_back(end);
  EXPECT_FALSE(owes_news(scene.view));
  scene.view.state.since = wall_s(90);
  EXPECT_TRUE(owes_news(scene.view)) << "an outage of its own";
  scene.view.state.since = wall_s(5);
  EXPECT_TRUE(owes_news(scene.view)) << "the other is dated later, by a clock that has been set back since";
}

// A scene whose first check flaps, or has just stopped.
Scene flapping(std::string_view verdicts, Verdict before, bool flaps) {
  Scene scene(verdicts, before);
  scene.states[0].flaps.flapping = flaps;
  return scene;
}

TEST(ConcludeFlapping, BeginsOnceNotesTheWorstAndEndsOnce) {
  const Decision begun = flapping("S", Verdict::up, true).decide_at(30);
  ASSERT_EQ(begun.alerts.size(), 2U);
  EXPECT_EQ(begun.alerts[0].step, IncidentStep::flapping_started);
  ASSERT_TRUE(begun.incident->flapping);

  Scene worse = flapping("D", Verdict::degraded, true);
  worse.view.open_incident = begun.incident;
  const Decision noted = worse.decide_at(60);
  EXPECT_TRUE(noted.alerts.empty());
  ASSERT_TRUE(noted.incident.has_value());
  EXPECT_EQ(noted.incident->worst, Verdict::down);

  Scene unknown = flapping("?", Verdict::down, true);
  unknown.view.open_incident = noted.incident;
  EXPECT_FALSE(unknown.decide_at(90).incident.has_value());

  Scene over = flapping("U", Verdict::down, false);
  over.view.open_incident = noted.incident;
  const Decision ended = over.decide_at(120);
  ASSERT_EQ(ended.alerts.size(), 2U);
  EXPECT_EQ(ended.alerts[0].step, IncidentStep::flapping_stopped);
  EXPECT_FALSE(ended.incident->flapping);
}

TEST(ConcludeFlapping, OneThatBeginsWhileItIsUpNamesTheLastTrouble) {
  Scene scene = flapping("U", Verdict::up, true);
  scene.view.trouble = Reason::refused;
  const Decision begun = scene.decide_at(30);
  ASSERT_TRUE(begun.incident.has_value());
  EXPECT_EQ(begun.incident->reason, Reason::refused);
}

TEST(ConcludeFlapping, DoesNotBeginWhileNobodyKnowsWithWhat) {
  EXPECT_FALSE(flapping("U", Verdict::up, true).decide_at(30).incident.has_value());
  EXPECT_FALSE(flapping("?", Verdict::unknown, true).decide_at(30).incident.has_value());
}

TEST(ConcludeFlapping, WhenItIsOverButUnknownNothingIsSaidYet) {
  const Decision begun = flapping("D", Verdict::up, true).decide_at(30);
  Scene unknown = flapping("?", Verdict::down, false);
  unknown.view.open_incident = begun.incident;
  const Decision decision = unknown.decide_at(60);
  EXPECT_TRUE(decision.transition.has_value());
  EXPECT_FALSE(decision.incident.has_value());
}

TEST(ConcludeFlapping, ACheckThatIsSwitchedOffDoesNotFlap) {
  Scene scene = flapping("D", Verdict::up, true);
  scene.service.enabled = false;
  const Decision decision = scene.decide_at(30);
  EXPECT_FALSE(decision.incident && decision.incident->flapping);
}

TEST(ConcludeEnd, EndsStateAndIncidentAndTellsThoseWhoWereTold) {
  Scene scene("D", Verdict::down);
  scene.view.open_incident = *Scene("D").decide_at(12).incident;
  const Decision decision = conclude_end(scene.view, wall_s(99), "Checking was paused.");
  EXPECT_EQ(decision.transition->to, Verdict::unknown);
  EXPECT_EQ(decision.transition->at, wall_s(99));
  EXPECT_TRUE(decision.transition->cause.empty());
  EXPECT_EQ(decision.service_state->reason, Reason::paused);
  EXPECT_EQ(decision.incident->resolved_at, wall_s(99));
  EXPECT_EQ(decision.alerts.size(), 2U);
  EXPECT_EQ(decision.alerts[0].step, IncidentStep::resolved);
}

TEST(ConcludeEnd, OfAnUnknownServiceIsNoTransition) {
  const Scene scene("?", Verdict::unknown);
  const Decision decision = conclude_end(scene.view, wall_s(99), "Checking was paused.");
  EXPECT_FALSE(decision.transition.has_value());
  EXPECT_EQ(decision.service_state->reason, Reason::paused);
}

}  // namespace
}  // namespace allclear::conclude_test
