#include "core/rules/incident_lifecycle.h"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/rules/evidence.h"
#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::make_service;
using test::wall_s;

Transition moved(Verdict from, Verdict to, int at) {
  return {ServiceId("shop"), from, to, wall_s(at), wall_s(at + 5), test::usual_reason(to), CheckId("shop")};
}

Incident opened(const Service& service, Verdict to, int at) {
  return advance_incident(service, std::nullopt, std::nullopt, moved(Verdict::up, to, at), "seen")->incident;
}

Incident resolved(const Service& service, Verdict to, int from, int until) {
  return advance_incident(service, opened(service, to, from), std::nullopt, moved(to, Verdict::up, until), "")
      ->incident;
}

using Steps = std::vector<IncidentStep>;

TEST(IncidentId, IsDerivedSortsByTimeAndFitsTheAlphabet) {
  const IncidentId id = incident_id(ServiceId("shop"), wall_s(0));
  EXPECT_EQ(id, incident_id(ServiceId("shop"), wall_s(0)));
  EXPECT_EQ(id.value().size(), 26U);
  EXPECT_EQ(id.value().find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), std::string::npos);
  EXPECT_LT(id, incident_id(ServiceId("aaaa"), wall_s(1)));
  EXPECT_NE(id, incident_id(ServiceId("other"), wall_s(0)));
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) ids.insert(incident_id(ServiceId(fmt::format("s{}", i)), wall_s(0)).value());
  EXPECT_EQ(ids.size(), 1'000U);
}

TEST(SeverityOf, FollowsTheVerdictOrTheService) {
  Service service = make_service("shop");
  EXPECT_EQ(severity_of(service, Verdict::degraded), Severity::minor);
  EXPECT_EQ(severity_of(service, Verdict::down), Severity::major);
  service.severity = Severity::critical;
  EXPECT_EQ(severity_of(service, Verdict::degraded), Severity::critical);
}

TEST(Incident, OpensBackdatedWithReasonAndEvidence) {
  const Service service = make_service("shop");
  const auto update = advance_incident(service, std::nullopt, std::nullopt, moved(Verdict::up, Verdict::down, 10),
                                       std::string(9'000, 'e'));
  ASSERT_TRUE(update.has_value());
  const Incident& incident = update->incident;
  EXPECT_EQ(update->steps, Steps{IncidentStep::opened});
  EXPECT_EQ(incident.id, incident_id(service.id, wall_s(10)));
  EXPECT_EQ(incident.opened_at, wall_s(10));
  EXPECT_EQ(incident.title, "Service shop is down");
  EXPECT_EQ(incident.severity, Severity::major);
  EXPECT_EQ(incident.worst, Verdict::down);
  EXPECT_EQ(incident.reason, Reason::refused);
  EXPECT_EQ(incident.cause, CheckId("shop"));
  EXPECT_TRUE(incident.open());
  ASSERT_EQ(incident.timeline.size(), 1U);
  EXPECT_EQ(incident.timeline[0].ordinal, 1U);
  EXPECT_EQ(incident.timeline[0].at, wall_s(15));
  EXPECT_EQ(incident.timeline[0].body, "Service shop is down: connection refused");
  EXPECT_LE(incident.timeline[0].evidence.size(), evidence_limit);
  EXPECT_TRUE(is_automatic_incident(incident));
}

// Checks start on a grid of the wall clock: set back by an hour, it brings the same milliseconds again.
TEST(Incident, R9_AfterAClockThatWasSetBackNoneTakesTheIdOfAnother) {
  Service service = make_service("shop");
  service.reopen = milliseconds(0);
  const auto open_after = [&](const Incident& before) {
    return advance_incident(service, std::nullopt, before, moved(Verdict::up, Verdict::down, 10), "")->incident;
  };
  const Incident first = opened(service, Verdict::down, 10);
  const Incident second = resolved(service, Verdict::down, 30, 40);
  const Incident again = open_after(second);
  EXPECT_EQ(again.opened_at, first.opened_at);
  EXPECT_NE(again.id, first.id);
  EXPECT_NE(open_after(first).id, again.id);
  EXPECT_EQ(open_after(second).id, again.id) << "judged twice it is one";
}

TEST(Incident, DegradedIsMinorAndEscalatesToDown) {
  const Service service = make_service("shop");
  const Incident minor = opened(service, Verdict::degraded, 10);
  EXPECT_EQ(minor.title, "Service shop is degraded");
  EXPECT_EQ(minor.severity, Severity::minor);
  const auto update =
      advance_incident(service, minor, std::nullopt, moved(Verdict::degraded, Verdict::down, 20), "worse");
  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->steps, Steps{IncidentStep::escalated});
  EXPECT_EQ(update->incident.id, minor.id);
  EXPECT_EQ(update->incident.opened_at, wall_s(10));
  EXPECT_EQ(update->incident.severity, Severity::major);
  EXPECT_EQ(update->incident.worst, Verdict::down);
  EXPECT_EQ(update->incident.title, "Service shop is down");
  EXPECT_EQ(update->incident.timeline.back().ordinal, 2U);
}

TEST(Incident, ASeverityRaisedByHandIsNotLowered) {
  const Service service = make_service("shop");
  Incident incident = opened(service, Verdict::degraded, 10);
  incident.severity = Severity::critical;
  const auto update =
      advance_incident(service, incident, std::nullopt, moved(Verdict::degraded, Verdict::down, 20), "");
  EXPECT_EQ(update->incident.severity, Severity::critical);
}

TEST(Incident, EasingIsNotedAndToldToNobody) {
  const Service service = make_service("shop");
  const Incident incident = opened(service, Verdict::down, 10);
  const auto eased = advance_incident(service, incident, std::nullopt, moved(Verdict::down, Verdict::degraded, 20), "");
  ASSERT_TRUE(eased.has_value());
  EXPECT_TRUE(eased->steps.empty());
  EXPECT_EQ(eased->incident.timeline.back().step, IncidentStep::updated);
  EXPECT_EQ(eased->incident.worst, Verdict::down);
  const auto again =
      advance_incident(service, eased->incident, std::nullopt, moved(Verdict::degraded, Verdict::down, 30), "");
  EXPECT_TRUE(again->steps.empty());
  EXPECT_EQ(again->incident.timeline.back().ordinal, 3U);
}

TEST(Incident, ResolvesBackdatedWithItsDuration) {
  const Incident incident = resolved(make_service("shop"), Verdict::down, 10, 1'100);
  EXPECT_EQ(incident.resolved_at, wall_s(1'100));
  EXPECT_EQ(incident.state, IncidentState::resolved);
  EXPECT_EQ(incident.timeline.back().step, IncidentStep::resolved);
  EXPECT_EQ(incident.timeline.back().body, "Service shop is up again after 18 min");
  EXPECT_EQ(resolved(make_service("shop"), Verdict::down, 10, 4).resolved_at, wall_s(10)) << "never before it opened";
}

TEST(Incident, UnknownLeavesItAsItIs) {
  const Service service = make_service("shop");
  const Incident incident = opened(service, Verdict::down, 10);
  EXPECT_FALSE(advance_incident(service, incident, std::nullopt, moved(Verdict::down, Verdict::unknown, 20), ""));
  EXPECT_FALSE(advance_incident(service, incident, std::nullopt, moved(Verdict::unknown, Verdict::down, 30), ""));
  EXPECT_FALSE(advance_incident(service, std::nullopt, std::nullopt, moved(Verdict::up, Verdict::unknown, 20), ""));
  const auto milder =
      advance_incident(service, incident, std::nullopt, moved(Verdict::unknown, Verdict::degraded, 30), "");
  EXPECT_EQ(milder->incident.timeline.back().step, IncidentStep::updated);
  const auto worse = advance_incident(service, opened(service, Verdict::degraded, 10), std::nullopt,
                                      moved(Verdict::unknown, Verdict::down, 30), "");
  EXPECT_EQ(worse->steps, Steps{IncidentStep::escalated});
  const auto better = advance_incident(service, incident, std::nullopt, moved(Verdict::unknown, Verdict::up, 40), "");
  EXPECT_EQ(better->steps, Steps{IncidentStep::resolved});
}

TEST(Incident, UpWithoutAnOpenOneMakesNone) {
  const Service service = make_service("shop");
  EXPECT_FALSE(advance_incident(service, std::nullopt, std::nullopt, moved(Verdict::unknown, Verdict::up, 1), ""));
}

TEST(Incident, ANewFailureWithinTheWindowContinuesIt) {
  Service service = make_service("shop");
  service.reopen = seconds(600);
  const Incident ended = resolved(service, Verdict::degraded, 10, 100);
  const auto update = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::down, 700), "again");
  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->steps, Steps{IncidentStep::reopened});
  EXPECT_EQ(update->incident.id, ended.id);
  EXPECT_TRUE(update->incident.open());
  EXPECT_EQ(update->incident.reopened, 1U);
  EXPECT_EQ(update->incident.state, IncidentState::investigating);
  EXPECT_EQ(update->incident.worst, Verdict::down);
  EXPECT_EQ(update->incident.severity, Severity::major);
  EXPECT_EQ(update->incident.title, "Service shop is down");
  EXPECT_EQ(update->incident.timeline.back().ordinal, 3U);
}

TEST(Incident, OneThatComesBackLighterEscalatesWhenItGetsWorse) {
  Service service = make_service("shop");
  service.reopen = seconds(600);
  const Incident ended = resolved(service, Verdict::down, 10, 100);
  const auto again = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::degraded, 150), "");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->steps, Steps{IncidentStep::reopened});
  EXPECT_EQ(again->incident.title, "Service shop is degraded");
  EXPECT_EQ(again->incident.severity, Severity::major) << "what it was is not forgotten";
  const auto worse =
      advance_incident(service, again->incident, std::nullopt, moved(Verdict::degraded, Verdict::down, 200), "");
  ASSERT_TRUE(worse.has_value());
  EXPECT_EQ(worse->steps, Steps{IncidentStep::escalated});
  EXPECT_EQ(worse->incident.title, "Service shop is down");
}

TEST(Incident, BackAtItsWorstItNamesTheReasonOfNow) {
  const Service service = make_service("shop");
  Incident open = opened(service, Verdict::down, 10);
  open = advance_incident(service, open, std::nullopt, moved(Verdict::down, Verdict::degraded, 20), "")->incident;
  EXPECT_EQ(open.title, "Service shop is down");
  Transition back = moved(Verdict::degraded, Verdict::down, 30);
  back.reason = Reason::reset;
  const auto update = advance_incident(service, open, std::nullopt, back, "");
  EXPECT_EQ(update->incident.reason, Reason::reset);
}

TEST(Incident, ALaterFailureOrNoWindowOpensANewOne) {
  Service service = make_service("shop");
  service.reopen = seconds(600);
  const Incident ended = resolved(service, Verdict::down, 10, 100);
  const auto late = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::down, 701), "");
  EXPECT_EQ(late->steps, Steps{IncidentStep::opened});
  EXPECT_NE(late->incident.id, ended.id);
  service.reopen = seconds(0);
  const auto at_once = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::down, 100), "");
  EXPECT_EQ(at_once->steps, Steps{IncidentStep::opened});
  const auto unresolved = advance_incident(service, std::nullopt, opened(service, Verdict::down, 1),
                                           moved(Verdict::up, Verdict::down, 100), "");
  EXPECT_EQ(unresolved->steps, Steps{IncidentStep::opened});
}

TEST(Incident, OneThatEndedInTheFarFutureIsNotReopened) {
  Service service = make_service("shop");
  service.reopen = seconds(600);
  const Incident ended = resolved(service, Verdict::down, 100'000, 100'100);
  const auto leapt = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::down, 700), "");
  EXPECT_EQ(leapt->steps, Steps{IncidentStep::opened});
  EXPECT_NE(leapt->incident.id, ended.id);
  const auto corrected = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::down, 100'090), "");
  EXPECT_EQ(corrected->steps, Steps{IncidentStep::reopened}) << "a clock set back by seconds";
}

TEST(Incident, TheSameMillisecondAfterAClockStepMakesAnotherId) {
  Service service = make_service("shop");
  service.reopen = seconds(0);
  const Incident ended = resolved(service, Verdict::down, 10, 100);
  const auto update = advance_incident(service, std::nullopt, ended, moved(Verdict::up, Verdict::down, 10), "");
  EXPECT_NE(update->incident.id, ended.id);
}

TEST(Incident, ALongTimelineKeepsItsBeginningAndItsEndAndEveryOrdinalOnce) {
  const Service service = make_service("shop");
  Incident incident = opened(service, Verdict::down, 10);
  for (int i = 0; i < 300; ++i) {
    const auto [from, to] =
        i % 2 == 0 ? std::pair(Verdict::down, Verdict::degraded) : std::pair(Verdict::degraded, Verdict::down);
    incident = advance_incident(service, incident, std::nullopt, moved(from, to, 20 + i), "")->incident;
  }
  EXPECT_EQ(incident.timeline.size(), 200U);
  EXPECT_EQ(incident.timeline.front().step, IncidentStep::opened);
  EXPECT_EQ(incident.timeline.back().ordinal, 301U);
  for (std::size_t i = 1; i < incident.timeline.size(); ++i) {
    EXPECT_LT(incident.timeline[i - 1].ordinal, incident.timeline[i].ordinal);
  }
}

TEST(Incident, R18_FlappingGoesIntoTheOpenIncidentReopensARecentOneOrOpensOne) {
  const auto began = [](std::optional<Incident> open, std::optional<Incident> resolved, Verdict standing) {
    return start_flapping(make_service("shop"), open, resolved, moved(Verdict::up, standing, 70), "evidence").incident;
  };
  const Incident open = opened(make_service("shop"), Verdict::down, 10);
  const Incident ended = resolved(make_service("shop"), Verdict::down, 10, 60);
  EXPECT_EQ(began(open, {}, Verdict::up).id, open.id);
  EXPECT_EQ(began({}, ended, Verdict::down).id, ended.id);
  EXPECT_EQ(began({}, ended, Verdict::down).reopened, 1U);
  for (const Verdict standing : {Verdict::up, Verdict::degraded, Verdict::down}) {
    const Incident fresh = began({}, {}, standing);
    EXPECT_EQ(fresh.worst, standing == Verdict::down ? Verdict::down : Verdict::degraded);
    EXPECT_TRUE(fresh.flapping);
    ASSERT_EQ(fresh.timeline.size(), 1U);
    EXPECT_EQ(fresh.timeline[0].step, IncidentStep::flapping_started);
  }
}

TEST(Incident, AReopenedOneLastedAsLongAsItWasInTrouble) {
  Service service = make_service("shop");
  service.reopen = seconds(600);
  const auto again = [&](const Incident& ended, int from, int until) {
    const Incident open = advance_incident(service, {}, ended, moved(Verdict::up, Verdict::down, from), "")->incident;
    return advance_incident(service, open, {}, moved(Verdict::down, Verdict::up, until), "")->incident;
  };
  const Incident twice = again(resolved(service, Verdict::down, 0, 60), 360, 420);
  EXPECT_EQ(lasted(twice, wall_s(9'999)), seconds(120));
  EXPECT_EQ(twice.timeline.back().body, "Service shop is up again after 2 min");
  const Incident thrice = again(twice, 1'020, 1'050);
  EXPECT_EQ(thrice.calm, seconds(900));
  EXPECT_EQ(thrice.timeline.back().body, "Service shop is up again after 2 min 30 s");
  EXPECT_EQ(lasted(again(twice, 400, 430), {}), seconds(130)) << "a clock that was set back makes no calm";

  const Incident flaps = start_flapping(service, {}, twice, moved(Verdict::up, Verdict::down, 480), "").incident;
  EXPECT_EQ(lasted(flaps, wall_s(500)), seconds(140)) << "so far";
  EXPECT_EQ(stop_flapping(service, flaps, moved(Verdict::down, Verdict::up, 540)).incident.timeline.back().body,
            "Service shop is stable and up again after 3 min");
  EXPECT_EQ(lasted(end_incident(flaps, wall_s(490), "").incident, {}), seconds(130));
}

TEST(Incident, EndsWithAWordWhenItsServiceGoes) {
  const Service service = make_service("shop");
  const IncidentUpdate update =
      abandon_incident(opened(service, Verdict::down, 10), wall_s(50), "Checking was paused.");
  EXPECT_TRUE(update.incident.unwatched) << "nobody knows whether it is up";
  const Transition back{service.id, Verdict::up, Verdict::down, wall_s(60), wall_s(60), Reason::timeout, {}};
  const auto again = advance_incident(service, {}, update.incident, back, "");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->incident.reopened, 1U);
  EXPECT_FALSE(again->incident.unwatched);
  EXPECT_EQ(update.steps, Steps{IncidentStep::resolved});
  EXPECT_EQ(update.incident.resolved_at, wall_s(50));
  EXPECT_EQ(update.incident.timeline.back().body, "Checking was paused.");
  EXPECT_EQ(end_incident(opened(service, Verdict::down, 10), wall_s(5), "").incident.resolved_at, wall_s(10));
}

TEST(Incident, OneThatAPersonOpenedIsNotAutomatic) {
  Incident incident;
  EXPECT_TRUE(is_automatic_incident(incident));
  incident.timeline.push_back({});
  incident.timeline.back().author = "ops";
  EXPECT_FALSE(is_automatic_incident(incident));
}

}  // namespace
}  // namespace allclear
