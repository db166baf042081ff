// Routing: who is told of an incident, when, and who hears of its end.
#include "core/rules/routing.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear::routing_test {
namespace {

using test::make_service;
using test::wall_s;
using Names = std::vector<std::string>;

const ChannelId ops("ops");
const ChannelId pager("pager");

// One incident of a service that tells ops and pager; each step at the second that it is given.
class Story {
 public:
  explicit Story(ChannelPolicy of_pager) {
    policies_[pager] = std::move(of_pager);
    service_.alerts = std::vector{ops, pager};
  }

  Names transition(Verdict from, Verdict to, std::int64_t at_s) {
    Transition change{service_.id, from, to, wall_s(at_s), wall_s(at_s), test::usual_reason(to), {}};
    auto update = advance_incident(service_, open(), resolved(), change, "");
    if (!update) return {};
    return keep(*update, at_s);
  }
  Names acknowledge(std::int64_t at_s) {
    IncidentUpdate update = acknowledge_incident(incident_.value(), wall_s(at_s), "anna");
    return keep(update, at_s);
  }
  Names follow(std::int64_t at_s) {
    std::vector<NextWord> words_due = next_words(routing(), incident_.value());
    std::erase_if(words_due, [&](const NextWord& word) { return word.at > wall_s(at_s); });
    const auto due = follow_up(routing(), incident_.value(), words_due, wall_s(at_s));
    if (!due) return {};
    incident_ = due->incident;
    alerts_ = due->alerts;
    return words(due->alerts);
  }
  std::optional<std::int64_t> next_s() const {
    const auto all = next_words(routing(), incident_.value());
    const auto next =
        std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    if (next == all.end()) return std::nullopt;
    return std::chrono::floor<seconds>(next->at - wall_s(0)).count();
  }
  const std::vector<Alert>& alerts() const { return alerts_; }
  Incident& incident() { return *incident_; }
  Service& service() { return service_; }
  void of_ops(ChannelPolicy policy) { policies_[ops] = std::move(policy); }

 private:
  Routing routing() const { return {*service_.alerts, policies_}; }
  std::optional<Incident> open() const { return incident_ && incident_->open() ? incident_ : std::nullopt; }
  std::optional<Incident> resolved() const { return incident_ && !incident_->open() ? incident_ : std::nullopt; }
  Names keep(IncidentUpdate& update, std::int64_t at_s) {
    alerts_ = route(routing(), update, wall_s(at_s));
    incident_ = update.incident;
    return words(alerts_);
  }
  static Names words(const std::vector<Alert>& alerts) {
    Names names;
    for (const Alert& alert : alerts) names.push_back(alert.channel.value() + " " + std::string(to_string(alert.step)));
    return names;
  }

  Service service_ = make_service("shop");
  ChannelPolicies policies_;
  std::optional<Incident> incident_;
  std::vector<Alert> alerts_;
};

constexpr auto up = Verdict::up;
constexpr auto degraded = Verdict::degraded;
constexpr auto down = Verdict::down;

TEST(Routing, WithoutAPolicyEveryStepGoesToEveryChannel) {
  Story story({});
  EXPECT_EQ(story.transition(up, degraded, 0), (Names{"ops opened", "pager opened"}));
  EXPECT_EQ(story.transition(degraded, down, 10), (Names{"ops escalated", "pager escalated"}));
  EXPECT_EQ(story.transition(down, degraded, 20), Names{}) << "noted only";
  EXPECT_EQ(story.transition(degraded, up, 30), (Names{"ops resolved", "pager resolved"}));
  EXPECT_EQ(story.next_s(), std::nullopt);
}

TEST(Routing, OnlyDownHearsFromTheEscalationOnAndOfTheEnd) {
  Story story({{down}, {}, {}, {}, {}});
  EXPECT_EQ(story.transition(up, degraded, 0), Names{"ops opened"});
  EXPECT_EQ(story.transition(degraded, down, 10), (Names{"ops escalated", "pager escalated"}));
  EXPECT_EQ(story.transition(down, up, 30), (Names{"ops resolved", "pager resolved"}));
}

TEST(Routing, WhoWasNotToldHearsNothingOfTheEnd) {
  Story story({{down}, {}, {}, {}, {}});
  story.transition(up, degraded, 0);
  EXPECT_EQ(story.transition(degraded, up, 30), Names{"ops resolved"}) << "never up without down (R5)";
}

TEST(Routing, WhoWasToldHearsHowItGoesOnBeyondItsOnlyToo) {
  Story story({{degraded}, {}, {}, {}, {}});
  EXPECT_EQ(story.transition(up, degraded, 0), (Names{"ops opened", "pager opened"}));
  EXPECT_EQ(story.transition(degraded, down, 10), (Names{"ops escalated", "pager escalated"}))
      << "else it would be degraded for ever there";
  EXPECT_EQ(story.transition(down, up, 30), (Names{"ops resolved", "pager resolved"}));
  Story worse({{degraded}, {}, {}, {}, {}});
  EXPECT_EQ(worse.transition(up, down, 0), Names{"ops opened"});
  EXPECT_EQ(worse.transition(down, up, 30), Names{"ops resolved"});
}

TEST(Routing, OnlyBySeverity) {
  Story story({{}, {Severity::critical}, {}, {}, {}});
  EXPECT_EQ(story.transition(up, down, 0), Names{"ops opened"});
  Story grave({{}, {Severity::critical}, {}, {}, {}});
  grave.service().severity = Severity::critical;
  EXPECT_EQ(grave.transition(up, down, 0), (Names{"ops opened", "pager opened"}));
}

TEST(Routing, AfterATimeWithoutAcknowledgementTheNextChannelIsTold) {
  Story story({{}, {}, seconds(600), {}, {}});
  EXPECT_EQ(story.transition(up, down, 0), Names{"ops opened"});
  EXPECT_EQ(story.next_s(), 600);
  EXPECT_EQ(story.follow(599), Names{});
  EXPECT_EQ(story.follow(600), Names{"pager opened"});
  EXPECT_EQ(story.alerts()[0].ordinal, 1U);
  EXPECT_EQ(story.next_s(), std::nullopt);
  EXPECT_EQ(story.follow(10'000), Names{}) << "once";
  EXPECT_EQ(story.transition(down, up, 700), (Names{"ops resolved", "pager resolved"}));
}

TEST(Routing, AcknowledgedInTimeNobodyElseIsTold) {
  Story story({{}, {}, seconds(600), seconds(3600), {}});
  story.transition(up, degraded, 0);
  EXPECT_EQ(story.acknowledge(60), Names{"ops acknowledged"});
  EXPECT_EQ(story.next_s(), std::nullopt);
  EXPECT_EQ(story.follow(100'000), Names{});
  EXPECT_EQ(story.transition(degraded, down, 200), Names{"ops escalated"});
  EXPECT_EQ(story.transition(down, up, 300), Names{"ops resolved"}) << "the recovery is always told";
}

TEST(Routing, AfterCountsFromTheStepThatMadeItWanted) {
  Story picky({{down}, {}, seconds(600), {}, {}});
  picky.transition(up, degraded, 0);
  EXPECT_EQ(picky.next_s(), std::nullopt);
  picky.transition(degraded, down, 500);
  EXPECT_EQ(picky.next_s(), 1'100);
  Story plain({{}, {}, seconds(600), {}, {}});
  plain.transition(up, degraded, 0);
  plain.transition(degraded, down, 500);
  EXPECT_EQ(plain.next_s(), 600) << "an escalation does not start the wait anew";
}

TEST(Routing, AChannelOfGraveIncidentsOnlyWaitsFromTheStepThatMadeItGrave) {
  Story story({{}, {Severity::major}, seconds(600), {}, {}});
  story.transition(up, degraded, 0);
  EXPECT_EQ(story.next_s(), std::nullopt) << "that is a minor one";
  story.transition(degraded, down, 500);
  EXPECT_EQ(story.next_s(), 1'100);
  EXPECT_EQ(story.follow(1'100), Names{"pager escalated"});
}

TEST(Routing, TheEarliestWordOfAllChannelsIsTheNext) {
  Story story({{}, {}, seconds(600), {}, {}});
  story.of_ops({{}, {}, {}, seconds(900), {}});
  story.transition(up, down, 0);
  EXPECT_EQ(story.next_s(), 600);
  EXPECT_EQ(story.follow(600), Names{"pager opened"});
  EXPECT_EQ(story.next_s(), 900);
  EXPECT_EQ(story.follow(900), Names{"ops reminder"});
}

TEST(Routing, RemindersGoOnUntilSomebodyAcknowledges) {
  Story story({{}, {}, {}, seconds(3600), {}});
  story.transition(up, down, 0);
  EXPECT_EQ(story.next_s(), 3600);
  EXPECT_EQ(story.follow(3600), Names{"pager reminder"});
  const AlertId first = story.alerts()[0].id;
  EXPECT_TRUE(story.incident().timeline.back().body.empty()) << "nothing for the public page";
  EXPECT_EQ(story.next_s(), 7200);
  EXPECT_EQ(story.follow(50'000), Names{"pager reminder"}) << "one for the whole time that was slept through";
  EXPECT_NE(story.alerts()[0].id, first);
  EXPECT_EQ(story.next_s(), 53'600);
  story.acknowledge(50'001);
  EXPECT_EQ(story.next_s(), std::nullopt);
}

TEST(Routing, AReopenedIncidentBeginsAfresh) {
  Story story({{down}, {}, {}, seconds(3600), {}});
  story.transition(up, down, 0);
  story.acknowledge(5);
  story.transition(down, up, 100);
  EXPECT_EQ(story.transition(up, degraded, 200), Names{"ops reopened"});
  EXPECT_FALSE(story.incident().acknowledged_at);
  EXPECT_EQ(story.transition(degraded, up, 300), Names{"ops resolved"}) << "the pager was not told this time";
}

TEST(Routing, TheEndGoesToThoseWhoWereToldWhateverTheConfigSaysNow) {
  Story story({});
  story.transition(up, down, 0);
  story.service().alerts = std::vector{ChannelId("new")};
  EXPECT_EQ(story.transition(down, up, 30), (Names{"ops resolved", "pager resolved"}));
}

TEST(Routing, AnUnannouncedIncidentOwesNothing) {
  Story story({{}, {}, seconds(1), seconds(60), {}});
  story.transition(up, down, 0);
  story.incident().announced = false;
  EXPECT_EQ(story.next_s(), std::nullopt);
  EXPECT_EQ(story.follow(100'000), Names{});
}

TEST(Routing, R3_EveryStepAndChannelHasAKeyOfItsOwn) {
  Service service = make_service("shop");
  service.alerts = std::vector{ops, pager};
  IncidentUpdate update;
  update.incident.id = IncidentId("X");
  update.incident.timeline = {{4, {}, IncidentStep::escalated, {}, "", "", ""},
                              {5, {}, IncidentStep::resolved, {}, "", "", ""}};
  update.steps = {IncidentStep::escalated, IncidentStep::resolved};
  const ChannelPolicies none;
  const auto alerts = route({*service.alerts, none}, update, wall_s(1));
  ASSERT_EQ(alerts.size(), 4U);
  std::set<AlertId> keys;
  for (const Alert& alert : alerts) keys.insert(alert.id);
  EXPECT_EQ(keys.size(), 4U);
  EXPECT_EQ(alerts[0].ordinal, 4U);
  EXPECT_EQ(alerts[3].ordinal, 5U);
}

TEST(RoutingOfFlapping, WithinAnIncidentItDoesNotBeginThePagersTimeAnew) {
  for (const std::vector<Verdict>& only : {std::vector<Verdict>{}, {Verdict::down}}) {
    ChannelPolicy later;
    later.only_verdicts = only;
    later.after = seconds(600);
    Story story(later);
    story.transition(Verdict::up, Verdict::down, 0);
    const Transition standing{
        story.service().id, Verdict::down, Verdict::down, wall_s(0), wall_s(300), Reason::refused, {}};
    story.incident() = start_flapping(story.service(), story.incident(), std::nullopt, standing, "").incident;
    EXPECT_EQ(story.next_s(), 600);
  }
}

TEST(RoutingOfFlapping, WhatComesBackFlappingIsWaitedForAnew) {
  ChannelPolicy later;
  later.only_verdicts = {Verdict::down};
  later.after = seconds(600);
  Story story(later);
  story.transition(Verdict::up, Verdict::down, 0);
  story.transition(Verdict::down, Verdict::up, 300);
  const Incident ended = story.incident();
  const Transition standing{story.service().id, Verdict::up, Verdict::down, wall_s(400), wall_s(400),
                            Reason::refused,    {}};
  story.incident() = start_flapping(story.service(), std::nullopt, ended, standing, "").incident;
  story.incident().announced = true;
  EXPECT_EQ(story.incident().reopened, 1U);
  EXPECT_EQ(story.next_s(), 1'000);
}

}  // namespace
}  // namespace allclear::routing_test
