// What a channel is told of an incident after it refused some of it.
#include "core/rules/alert_way.h"

#include <gtest/gtest.h>

#include "core/rules/delivery.h"

namespace allclear::alert_way_test {
namespace {

using enum IncidentStep;
constexpr auto owed = AlertState::owed, sending = AlertState::sending, sent = AlertState::sent, dead = AlertState::dead;

Alert one(std::uint32_t ordinal, IncidentStep step, AlertState state, std::uint32_t tries) {
  Alert alert;
  alert.ordinal = ordinal;
  alert.step = step;
  alert.state = state;
  alert.tries = tries;
  return alert;
}

// On one channel, in order: each step with what came of it. The incident ended where a step says so, and after `ends`.
AlertWay way(const std::vector<std::pair<IncidentStep, AlertState>>& steps, std::vector<std::uint32_t> ends = {}) {
  AlertWay way;
  for (const auto& [step, state] : steps) {
    const auto ordinal = 2 * static_cast<std::uint32_t>(way.alerts.size()) + 2;
    way.alerts.push_back(one(ordinal, step, state, state == sent || state == dead ? 1 : 0));
    if (step == resolved) ends.push_back(ordinal);
  }
  std::sort(ends.begin(), ends.end());
  way.ends = std::move(ends);
  return way;
}

void leave_out(Alert& alert) {
  alert.tries = 0;
  alert.last_answer = opening_refused;
}

bool is_moot_after(const AlertWay& earlier, IncidentStep step) {
  return is_moot(one(2 * static_cast<std::uint32_t>(earlier.alerts.size()) + 2, step, owed, 0), earlier);
}

TEST(AlertWay, R5_NeverUpWithoutDown) {
  for (const IncidentStep step : {acknowledged, escalated, updated, reminder, resolved, flapping_stopped}) {
    EXPECT_TRUE(is_moot_after(way({{opened, dead}}), step)) << to_string(step);
    EXPECT_TRUE(is_moot_after(way({{opened, dead}, {escalated, dead}}), step)) << to_string(step);
    EXPECT_FALSE(is_moot_after(way({{opened, sent}, {escalated, dead}}), step)) << to_string(step);
    EXPECT_FALSE(is_moot_after(way({{opened, dead}, {escalated, sent}}), step)) << "it knows: " << to_string(step);
    EXPECT_FALSE(is_moot_after({}, step)) << "the first word to a fallback";
    EXPECT_FALSE(is_moot_after(way({{opened, dead}, {resolved, dead}, {reopened, sent}}), step)) << to_string(step);
    EXPECT_TRUE(is_moot_after(way({{opened, sent}, {resolved, sent}, {reopened, dead}}), step)) << to_string(step);
    EXPECT_TRUE(is_moot_after(way({{opened, dead}, {resolved, dead}, {reopened, dead}}), step)) << to_string(step);
  }
  EXPECT_TRUE(is_moot_after(way({{escalated, dead}}), resolved)) << "a channel that wants only the worse began with it";
}

TEST(AlertWay, R5_NeverDownWithoutUpForWhoWasToldOfAnEarlierBeginning) {
  const AlertWay refused_since = way({{opened, sent}, {resolved, dead}, {reopened, dead}});
  EXPECT_FALSE(is_moot_after(refused_since, resolved)) << "it still thinks that the incident goes on";
  EXPECT_FALSE(is_moot_after(way({{opened, sent}, {reopened, dead}}), resolved)) << "nobody told it of an end";
  EXPECT_TRUE(is_moot_after(way({{opened, sent}, {reopened, dead}}, {3}), resolved)) << "a group told it of the end";
  AlertWay replayed =
      way({{opened, sent}, {resolved, dead}, {reopened, dead}, {resolved, dead}, {reopened, dead}, {resolved, sent}});
  EXPECT_TRUE(is_moot(replayed.alerts[3], replayed)) << "it was told of a later end";
  EXPECT_FALSE(is_moot(replayed.alerts[5], replayed));
  AlertWay by_recovery = way({{opened, sent}, {resolved, dead}, {reopened, dead}});
  by_recovery.alerts[0].last_answer = told_by_recovery;
  EXPECT_TRUE(is_moot_after(by_recovery, resolved)) << "and that was refused: it heard nothing";
}

TEST(AlertWay, R5_WhatBeginsAnewIsToldWhateverWasRefusedBefore) {
  EXPECT_FALSE(is_moot_after(way({{opened, dead}, {resolved, dead}}), reopened));
  EXPECT_FALSE(is_moot_after(way({{opened, dead}, {resolved, dead}}), flapping_started));
  EXPECT_FALSE(is_moot_after(way({{opened, dead}}, {3}), flapping_started)) << "a group told of the end";
  EXPECT_FALSE(is_moot_after(way({{flapping_started, dead}, {flapping_stopped, dead}}), flapping_started));
  EXPECT_FALSE(is_moot_after(way({{flapping_started, dead}, {flapping_stopped, dead}}), reopened));
  EXPECT_FALSE(is_moot_after(way({{escalated, dead}, {resolved, dead}}), escalated))
      << "of a channel that wants the worse";
  EXPECT_TRUE(is_moot_after(way({{opened, dead}}), flapping_started));
  EXPECT_TRUE(is_moot_after(way({{flapping_started, dead}, {flapping_stopped, dead}}), resolved));
}

TEST(AlertWay, R5_IsLeftToARecoveryThatIsToldOnly) {
  const auto may_tell = [](const AlertWay& one, std::size_t step) { return recovery_may_tell(one.alerts[step], one); };
  EXPECT_TRUE(may_tell(way({{opened, owed}, {resolved, owed}}), 0));
  EXPECT_TRUE(may_tell(way({{opened, owed}, {resolved, owed}, {reopened, owed}, {resolved, owed}}), 0));
  EXPECT_FALSE(may_tell(way({{opened, owed}, {reminder, owed}, {resolved, owed}}), 1))
      << "of an opening that is younger by the wall clock, which was set back";
  EXPECT_FALSE(may_tell(way({{opened, owed}, {escalated, owed}}), 0));
  EXPECT_FALSE(may_tell(way({{opened, sending}, {escalated, owed}, {resolved, owed}}), 1)) << "it may be refused";
  EXPECT_FALSE(may_tell(way({{opened, dead}, {escalated, owed}, {resolved, owed}}), 1));
  EXPECT_FALSE(may_tell(way({{opened, owed}, {reopened, dead}, {resolved, owed}}, {3}), 0)) << "that end is moot";
  EXPECT_FALSE(may_tell(way({{opened, owed}, {resolved, dead}, {reopened, sending}, {resolved, owed}}), 0))
      << "that end may turn out moot";
}

TEST(AlertWay, R5_AReplayedOpeningBringsItsOwnEndAlone) {
  AlertWay twice = way({{opened, dead}, {resolved, dead}, {reopened, dead}, {resolved, dead}});
  leave_out(twice.alerts[1]);
  leave_out(twice.alerts[3]);
  const auto ordinals = [&](std::size_t replayed) {
    std::vector<std::uint32_t> following;
    for (const Alert& alert : following_replay(twice.alerts[replayed], twice)) following.push_back(alert.ordinal);
    return following;
  };
  using Ordinals = std::vector<std::uint32_t>;
  EXPECT_EQ(ordinals(0), Ordinals{4});
  EXPECT_EQ(ordinals(2), Ordinals{8});
  EXPECT_EQ(ordinals(1), Ordinals{}) << "an end brings nothing";
  EXPECT_TRUE(may_replay(twice.alerts[1], twice));
  twice.alerts.pop_back();
  twice.goes_on = true;
  EXPECT_EQ(ordinals(0), Ordinals{}) << "it goes on: the end of that follows";
  EXPECT_TRUE(may_replay(twice.alerts[0], twice));
  EXPECT_FALSE(may_replay(twice.alerts[1], twice)) << "all is well, says the end of before";
}

TEST(AlertWay, R5_NoEndIsReplayedWhileItGoesOnWhoeverWasToldOfTheBeginning) {
  AlertWay told_elsewhere = way({{opened, sent}, {resolved, dead}});
  told_elsewhere.goes_on = true;
  EXPECT_FALSE(may_replay(told_elsewhere.alerts[1], told_elsewhere));
  AlertWay refused = way({{opened, dead}, {resolved, dead}});
  leave_out(refused.alerts[1]);
  EXPECT_EQ(following_replay(refused.alerts[0], refused).size(), 1u);
  refused.goes_on = true;
  EXPECT_TRUE(following_replay(refused.alerts[0], refused).empty());
  AlertWay flapped = way({{opened, sent}, {flapping_started, sent}, {flapping_stopped, dead}});
  flapped.goes_on = true;
  flapped.began_at = 4;
  EXPECT_TRUE(may_replay(flapped.alerts[2], flapped)) << "nothing began since";
  flapped.began_at = 7;
  EXPECT_FALSE(may_replay(flapped.alerts[2], flapped));
  flapped.began_at = 4;
  flapped.alerts.push_back(one(8, reminder, sent, 1));
  EXPECT_TRUE(may_replay(flapped.alerts[2], flapped));
  flapped.alerts.push_back(one(9, reopened, sent, 1));
  EXPECT_FALSE(may_replay(flapped.alerts[2], flapped)) << "a long timeline may have lost that it began";
}

TEST(AlertWay, ALifeIsWhatTheTimelineTells) {
  Incident incident;
  const auto add = [&](IncidentStep step, IncidentState state) {
    const auto ordinal = static_cast<std::uint32_t>(incident.timeline.size() + 1);
    incident.timeline.push_back({ordinal, WallTime{}, step, state, "", "", ""});
  };
  add(opened, IncidentState::investigating);
  AlertWay one;
  note_life(incident, one);
  EXPECT_TRUE(one.goes_on);
  EXPECT_EQ(one.began_at, 1u);
  add(resolved, IncidentState::resolved);
  add(reopened, IncidentState::investigating);
  add(flapping_started, IncidentState::investigating);
  add(acknowledged, IncidentState::identified);
  note_life(incident, one);
  EXPECT_EQ(one.began_at, 4u);
  EXPECT_EQ(one.ends, std::vector<std::uint32_t>{2});
  add(resolved, IncidentState::resolved);
  incident.resolved_at = WallTime{};
  note_life(incident, one);
  EXPECT_FALSE(one.goes_on);
  EXPECT_EQ(one.ends.size(), 2u);
}

TEST(AlertWay, R5_NothingFollowsAReplayBehindWhatMayHaveArrived) {
  AlertWay once = way({{opened, dead}, {escalated, dead}, {resolved, dead}});
  leave_out(once.alerts[2]);
  EXPECT_TRUE(following_replay(once.alerts[0], once).empty()) << "the escalation was tried";
  leave_out(once.alerts[1]);
  EXPECT_EQ(following_replay(once.alerts[0], once).size(), 2u);
  once.alerts[1].step = reminder;
  EXPECT_EQ(following_replay(once.alerts[0], once).size(), 1u);
}

}  // namespace
}  // namespace allclear::alert_way_test
