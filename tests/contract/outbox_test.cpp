#include <gtest/gtest.h>

#include "core/rules/delivery.h"
#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract::outbox_test {
namespace {

constexpr milliseconds lease = minutes(1);

class OutboxContract : public StoreContract {
 protected:
  OutboxContract() : incident_(incident_of("website", "01A", start_time())) {}

  void owe(std::vector<Alert> alerts) { commit_all(log(), {with_incident(incident_, std::move(alerts))}); }
  Alert alert(std::uint32_t ordinal, const std::string& channel, WallTime at) {
    return alert_of(incident_, ordinal, channel, at);
  }
  std::vector<std::string> claim(WallTime now, std::size_t limit = 100, const std::vector<ChannelId>& busy = {}) {
    std::vector<std::string> claimed;
    const auto alerts = outbox().claim(now, lease, limit, busy);
    EXPECT_TRUE(alerts);
    for (const Alert& one : alerts.value_or(std::vector<Alert>{})) {
      EXPECT_EQ(one.state, AlertState::sending);
      claimed.push_back(one.channel.value() + std::to_string(one.ordinal));
    }
    return claimed;
  }
  using Names = std::vector<std::string>;
  Alert later(std::uint32_t ordinal, IncidentStep step) {
    Alert one = alert(ordinal, "ops", start_time());
    one.step = step;
    return one;
  }
  // What happened to the incident so far, whoever is told; stored with what is owed next.
  void live(const std::vector<IncidentStep>& steps) {
    incident_.timeline.clear();
    incident_.resolved_at.reset();
    for (const IncidentStep step : steps) {
      const bool ends = step == IncidentStep::resolved;
      const auto ordinal = static_cast<std::uint32_t>(incident_.timeline.size() + 1);
      incident_.timeline.push_back(
          {ordinal, start_time(), step, ends ? IncidentState::resolved : IncidentState::investigating, "", "", ""});
      incident_.resolved_at = ends ? std::optional(start_time()) : std::nullopt;
    }
  }
  void settle(const Alert& one, DeliveryOutcome outcome, const char* answer) {
    ASSERT_TRUE(outbox().settle(one.id, {outcome, {}, answer}, start_time()));
  }
  void settle_moot(const char* channel, std::uint32_t ordinal) {
    ASSERT_TRUE(outbox().settle(alert(ordinal, channel, start_time()).id, moot_delivery(), start_time()));
  }
  // Those of the claimed; what is not moot waits for its lease to end.
  Names claim_moot() {
    Names names;
    const auto alerts = outbox().claim(start_time(), lease, 100, {});
    EXPECT_TRUE(alerts);
    for (const Alert& one : alerts.value_or(std::vector<Alert>{})) {
      if (one.moot) names.push_back(one.channel.value() + std::to_string(one.ordinal));
    }
    return names;
  }
  Incident incident_;
};
ALLCLEAR_OVER_ALL_STORES(OutboxContract);

TEST_P(OutboxContract, R1_AnAlertIsOwedInTheCommitOfItsStepAndSurvivesARestart) {
  const Alert owed = alert(1, "ops", start_time());
  owe({owed});
  restart();
  ASSERT_EQ(queries().alerts({})->alerts.size(), 1u);
  EXPECT_EQ(queries().alerts({})->alerts[0].alert, owed);
  EXPECT_EQ(claim(start_time()), Names{"ops1"});
}

TEST_P(OutboxContract, AClaimedAlertIsNotGivenAgainBeforeItsLeaseEnds) {
  owe({alert(1, "ops", start_time())});
  EXPECT_EQ(claim(start_time()), Names{"ops1"});
  EXPECT_EQ(claim(start_time() + lease - milliseconds(1)), Names{});
  restart();
  EXPECT_EQ(claim(start_time() + lease), Names{"ops1"});
}

TEST_P(OutboxContract, NothingIsGivenBeforeItsTime) {
  Alert later = alert(1, "ops", start_time());
  later.due_at = start_time() + minutes(10);
  owe({later});
  EXPECT_EQ(claim(start_time() + minutes(9)), Names{});
  EXPECT_EQ(claim(start_time() + minutes(10)), Names{"ops1"});
}

TEST_P(OutboxContract, OldestFirstAndNoMoreThanAskedFor) {
  owe({alert(1, "c", start_time() + seconds(2)), alert(1, "a", start_time()),
       alert(1, "b", start_time() + seconds(1))});
  EXPECT_EQ(claim(start_time() + minutes(1), 2), (Names{"a1", "b1"}));
  EXPECT_EQ(claim(start_time() + minutes(1), 2), Names{"c1"});
}

TEST_P(OutboxContract, R8_BusyChannelsTakeNoPlaceFromOthers) {
  const std::string quoted = "mailto:\"it's\"@example.com";
  owe({alert(1, "a", start_time()), alert(1, quoted, start_time()), alert(1, "b", start_time() + seconds(1))});
  const WallTime now = start_time() + minutes(1);
  EXPECT_EQ(claim(now, 1, {ChannelId("a"), ChannelId(quoted)}), Names{"b1"});
  EXPECT_EQ(claim(now, 9, {ChannelId("b"), ChannelId(quoted)}), Names{"a1"});
  EXPECT_EQ(claim(now), Names{quoted + "1"});
}

TEST_P(OutboxContract, AChannelHearsTheStepsOfAnIncidentInTheirOrder) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, alert(2, "ops", start_time() + seconds(1)), alert(2, "chat", start_time() + seconds(1))});
  const WallTime now = start_time() + minutes(1);
  EXPECT_EQ(claim(now), (Names{"ops1", "chat2"}));
  EXPECT_EQ(claim(now), Names{});
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::sent, {}, "250 ok"}, now));
  EXPECT_EQ(claim(now), Names{"ops2"});
}

TEST_P(OutboxContract, WhatWasSentIsDoneAndStaysDone) {
  const Alert owed = alert(1, "ops", start_time());
  owe({owed});
  ASSERT_EQ(claim(start_time()), Names{"ops1"});
  ASSERT_TRUE(outbox().settle(owed.id, {DeliveryOutcome::sent, {}, "250 ok"}, start_time()));
  ASSERT_TRUE(outbox().settle(owed.id, {DeliveryOutcome::retry_after, seconds(1), "late"}, start_time()));
  owe({owed});  // the same step committed again: the row stays as it is
  EXPECT_EQ(claim(start_time() + hours(1)), Names{});
  const auto done = queries().alert(owed.id);
  ASSERT_TRUE(*done);
  EXPECT_EQ((*done)->alert.state, AlertState::sent);
  EXPECT_EQ((*done)->alert.tries, 1u);
  EXPECT_EQ((*done)->alert.last_answer, "250 ok");
}

TEST_P(OutboxContract, R5_ADownAndItsUpThatNobodyTookForFiveMinutesAreOneMessage) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened});
  ASSERT_EQ(claim(start_time()), Names{"ops1"});
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::retry_after, seconds(1), "503"}, start_time()));
  const WallTime later = start_time() + minutes(5);
  owe({alert(2, "ops", later)});
  EXPECT_EQ(claim(later), Names{"ops2"});
  const auto told = queries().alert(opened.id);
  ASSERT_TRUE(*told);
  EXPECT_EQ((*told)->alert.state, AlertState::sent);
  EXPECT_EQ((*told)->alert.last_answer, "told by the recovery");
}

TEST_P(OutboxContract, R5_BeforeThatTheyAreTwo) {
  owe({alert(1, "ops", start_time()), alert(2, "ops", start_time() + minutes(4)), alert(1, "chat", start_time())});
  EXPECT_EQ(claim(start_time() + minutes(5) - milliseconds(1)), (Names{"chat1", "ops1"}));
}

TEST_P(OutboxContract, R5_WhatIsUnderWayIsNotTakenBack) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened});
  ASSERT_EQ(claim(start_time() + minutes(6)), Names{"ops1"});
  owe({alert(2, "ops", start_time() + minutes(6))});
  EXPECT_EQ(claim(start_time() + minutes(6)), Names{});
  EXPECT_EQ((*queries().alert(opened.id))->alert.state, AlertState::sending);
}

TEST_P(OutboxContract, R5_WhatAChannelDoesNotTakeIsOwedToItsFallbackInOrder) {
  const Alert opened = alert(1, "pager", start_time());
  owe({opened, alert(2, "pager", start_time())});
  const WallTime now = start_time() + minutes(1);
  ASSERT_EQ(claim(now), Names{"pager1"});
  Delivery failed{DeliveryOutcome::retry_after, minutes(3), "503", ChannelId("mail"), true};
  ASSERT_TRUE(outbox().settle(opened.id, failed, now));
  restart();
  EXPECT_EQ(claim(now), Names{"mail1"});
  ASSERT_TRUE(
      outbox().settle(alert_id(opened.incident, 1, ChannelId("mail")), {DeliveryOutcome::sent, {}, "250"}, now));
  EXPECT_EQ(claim(now), Names{"mail2"});
  ASSERT_TRUE(outbox().settle(opened.id, failed, now));  // failing on: nobody is told twice
  EXPECT_EQ(claim(now), Names{});
  EXPECT_EQ(claim(now + minutes(3), 1), Names{"pager1"});
}

TEST_P(OutboxContract, R5_WhoWasToldInAChannelsSteadHearsOfTheEndFromIt) {
  const Alert opened = alert(1, "pager", start_time());
  const Alert resolved = alert(2, "pager", start_time() + seconds(1));
  owe({opened});
  ASSERT_TRUE(
      outbox().settle(opened.id, {DeliveryOutcome::rejected, {}, "401", ChannelId("mail"), true}, start_time()));
  owe({resolved});
  ASSERT_TRUE(outbox().settle(resolved.id, {DeliveryOutcome::sent, {}, "200", ChannelId("mail"), false}, start_time()));
  AlertQuery of_mail;
  of_mail.channel = ChannelId("mail");
  EXPECT_EQ(queries().alerts(of_mail)->alerts.size(), 2u);
}

TEST_P(OutboxContract, R5_WhatFollowsARefusedOpeningIsMoot) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, later(2, IncidentStep::acknowledged), later(3, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  restart();
  EXPECT_EQ(claim_moot(), Names{"ops2"});
  settle_moot("ops", 2);
  EXPECT_EQ(claim_moot(), Names{"ops3"});
  settle_moot("ops", 3);
  restart();
  const auto record = *queries().alert(later(3, IncidentStep::resolved).id);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->alert.state, AlertState::dead);
  EXPECT_EQ(record->alert.last_answer, "the opening was refused");
  EXPECT_EQ(record->alert.tries, 0u);
  EXPECT_TRUE(record->tries.empty());
  const auto stored = log().load();
  ASSERT_EQ(stored->deliveries.size(), 1u);
  EXPECT_EQ(stored->deliveries[0].answer, "401") << "what was left out is no refusal";
}

TEST_P(OutboxContract, R5_WhoWasToldOfTheOpeningHearsTheEndWhateverWasRefusedBetween) {
  const Alert opened = alert(1, "ops", start_time());
  const Alert escalated = later(2, IncidentStep::escalated);
  owe({opened, escalated, later(3, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::sent, "200");
  settle(escalated, DeliveryOutcome::rejected, "401");
  EXPECT_EQ(claim_moot(), Names{});
  EXPECT_EQ(claim(start_time() + lease), Names{"ops3"});
}

TEST_P(OutboxContract, R5_AReopenedIncidentBeginsAnew) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, later(2, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  EXPECT_EQ(claim_moot(), Names{"ops2"});
  settle_moot("ops", 2);
  owe({later(3, IncidentStep::reopened)});
  EXPECT_EQ(claim_moot(), Names{});
  settle(later(3, IncidentStep::reopened), DeliveryOutcome::sent, "200");
  owe({later(4, IncidentStep::resolved)});
  EXPECT_EQ(claim_moot(), Names{});
  EXPECT_EQ(claim(start_time() + lease), Names{"ops4"});
}

TEST_P(OutboxContract, R5_ItBeginsAnewAlsoWhenAGroupToldOfTheEnd) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened});
  settle(opened, DeliveryOutcome::rejected, "401");
  incident_.timeline = {{1, start_time(), IncidentStep::opened, IncidentState::investigating, "", "", ""},
                        {2, start_time(), IncidentStep::resolved, IncidentState::resolved, "", "", ""},
                        {3, start_time(), IncidentStep::flapping_started, IncidentState::investigating, "", "", ""}};
  owe({later(3, IncidentStep::flapping_started)});
  EXPECT_EQ(claim_moot(), Names{});
  EXPECT_EQ(claim(start_time() + lease), Names{"ops3"});
}

TEST_P(OutboxContract, R5_NothingIsLeftToARecoveryThatIsMoot) {
  const Alert opened = alert(1, "ops", start_time());
  const Alert escalated = later(2, IncidentStep::escalated);
  owe({opened, escalated});
  ASSERT_EQ(claim(start_time()), Names{"ops1"});
  owe({later(3, IncidentStep::resolved)});
  const WallTime long_after = start_time() + minutes(6);
  EXPECT_EQ(claim(long_after - seconds(330)), Names{}) << "the opening is under way";
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::rejected, {}, "401"}, long_after));
  EXPECT_EQ(claim(long_after), Names{"ops2"});
  EXPECT_EQ((*queries().alert(escalated.id))->alert.state, AlertState::sending);
}

TEST_P(OutboxContract, R5_NothingIsToldByARecoveryWhileTheOpeningIsUnderWay) {
  const Alert opened = alert(1, "ops", start_time());
  const Alert escalated = later(2, IncidentStep::escalated);
  owe({opened, escalated});
  const WallTime long_after = start_time() + minutes(6);
  ASSERT_EQ(claim(long_after), Names{"ops1"});
  owe({later(3, IncidentStep::resolved)});
  EXPECT_EQ(claim(long_after), Names{});
  EXPECT_EQ((*queries().alert(escalated.id))->alert.state, AlertState::owed);
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::sent, {}, "200"}, long_after));
  EXPECT_EQ(claim(long_after), Names{"ops3"});
  EXPECT_EQ((*queries().alert(escalated.id))->alert.last_answer, "told by the recovery");
}

TEST_P(OutboxContract, R5_WhatWasMootFollowsAnOpeningThatIsReplayed) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, later(2, IncidentStep::reminder), later(3, IncidentStep::acknowledged)});
  settle(opened, DeliveryOutcome::rejected, "401");
  for (const std::uint32_t ordinal : {2u, 3u}) {
    ASSERT_EQ(claim_moot().size(), 1u);
    settle_moot("ops", ordinal);
  }
  ASSERT_EQ(*outbox().replay(opened.id, start_time() + lease), ReplayOutcome::owed);
  EXPECT_EQ(claim(start_time() + lease), Names{"ops1"});
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::sent, {}, "200"}, start_time() + lease));
  EXPECT_EQ(claim_moot(), Names{});
  EXPECT_EQ(claim(start_time() + 2 * lease), Names{"ops3"}) << "reminders of then remind nobody now";
}

TEST_P(OutboxContract, R5_AnEndIsNotToldAfterALaterOpening) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, later(2, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  ASSERT_EQ(claim_moot(), Names{"ops2"});
  settle_moot("ops", 2);
  live({IncidentStep::opened, IncidentStep::resolved, IncidentStep::reopened});
  owe({later(3, IncidentStep::reopened)});
  settle(later(3, IncidentStep::reopened), DeliveryOutcome::sent, "200");
  ASSERT_EQ(*outbox().replay(opened.id, start_time()), ReplayOutcome::owed);
  EXPECT_EQ(claim(start_time()), Names{"ops1"});
  EXPECT_EQ((*queries().alert(later(2, IncidentStep::resolved).id))->alert.state, AlertState::dead);
}

TEST_P(OutboxContract, R5_AnEndIsNotToldAfterALaterOpeningThatMayHaveArrived) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, later(2, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  ASSERT_EQ(claim_moot(), Names{"ops2"});
  settle_moot("ops", 2);
  live({IncidentStep::opened, IncidentStep::resolved, IncidentStep::reopened});
  owe({later(3, IncidentStep::reopened)});
  settle(later(3, IncidentStep::reopened), DeliveryOutcome::rejected, "401, after a try that was not answered");
  ASSERT_EQ(*outbox().replay(opened.id, start_time()), ReplayOutcome::owed);
  EXPECT_EQ(claim(start_time()), Names{"ops1"});
  EXPECT_EQ((*queries().alert(later(2, IncidentStep::resolved).id))->alert.state, AlertState::dead);
}

TEST_P(OutboxContract, R5_AnOpeningThatIsReplayedAfterTheEndGoesWithIt) {
  const Alert opened = alert(1, "ops", start_time());
  live({IncidentStep::opened, IncidentStep::resolved});
  owe({opened, later(2, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  ASSERT_EQ(claim_moot(), Names{"ops2"});
  settle_moot("ops", 2);
  ASSERT_EQ(*outbox().replay(opened.id, start_time() + hours(1)), ReplayOutcome::owed);
  const auto claimed = outbox().claim(start_time() + hours(1), lease, 100, {});
  ASSERT_EQ(claimed->size(), 1u);
  EXPECT_EQ(claimed->front().step, IncidentStep::resolved) << "one message tells both";
  EXPECT_FALSE(claimed->front().moot);
}

TEST_P(OutboxContract, R5_AReplayedOpeningOfAnEarlierTimeGoesWithItsOwnEnd) {
  const Alert opened = alert(1, "ops", start_time());
  const Alert reopened = later(3, IncidentStep::reopened);
  owe({opened, later(2, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  ASSERT_EQ(claim_moot(), Names{"ops2"});
  settle_moot("ops", 2);
  live({IncidentStep::opened, IncidentStep::resolved, IncidentStep::reopened, IncidentStep::resolved});
  owe({reopened, later(4, IncidentStep::resolved)});
  settle(reopened, DeliveryOutcome::rejected, "401");
  ASSERT_EQ(claim_moot(), Names{"ops4"});
  settle_moot("ops", 4);
  ASSERT_EQ(*outbox().replay(opened.id, start_time() + hours(1)), ReplayOutcome::owed);
  const auto claimed = outbox().claim(start_time() + hours(1), lease, 100, {});
  ASSERT_EQ(claimed->size(), 1u);
  EXPECT_EQ(claimed->front().ordinal, 2u) << "the end of that time tells both";
  EXPECT_FALSE(claimed->front().moot);
  EXPECT_EQ((*queries().alert(opened.id))->alert.last_answer, "told by the recovery");
}

TEST_P(OutboxContract, R5_AnEndIsNotReplayedOnceTheIncidentBeganAgain) {
  const Alert opened = alert(1, "ops", start_time());
  const Alert resolved = later(2, IncidentStep::resolved);
  owe({opened, resolved});
  settle(opened, DeliveryOutcome::sent, "200");
  settle(resolved, DeliveryOutcome::rejected, "401");
  live({IncidentStep::opened, IncidentStep::resolved, IncidentStep::reopened});
  owe({});  // told by a group, or to others
  restart();
  EXPECT_EQ(*outbox().replay(resolved.id, start_time()), ReplayOutcome::began_again);
  EXPECT_EQ(claim(start_time()), Names{});
  owe({later(3, IncidentStep::reopened)});
  settle(later(3, IncidentStep::reopened), DeliveryOutcome::rejected, "401");
  EXPECT_EQ(*outbox().replay(resolved.id, start_time()), ReplayOutcome::began_again);
  live({IncidentStep::opened, IncidentStep::resolved, IncidentStep::reopened, IncidentStep::resolved});
  owe({later(4, IncidentStep::resolved)});
  EXPECT_EQ(claim_moot(), Names{}) << "its channel knows of the first beginning alone";
  settle(later(4, IncidentStep::resolved), DeliveryOutcome::sent, "200");
  EXPECT_EQ(*outbox().replay(resolved.id, start_time()), ReplayOutcome::owed);
}

TEST_P(OutboxContract, R5_AnEndThatWasMootAsItWasClaimedIsToldIfItsOpeningIsReplayedMeanwhile) {
  const Alert opened = alert(1, "ops", start_time());
  owe({opened, later(2, IncidentStep::resolved)});
  settle(opened, DeliveryOutcome::rejected, "401");
  ASSERT_EQ(claim_moot(), Names{"ops2"});
  ASSERT_EQ(*outbox().replay(opened.id, start_time()), ReplayOutcome::owed);
  settle_moot("ops", 2);
  ASSERT_EQ(claim(start_time()), Names{"ops1"});
  settle(opened, DeliveryOutcome::sent, "200");
  EXPECT_EQ(claim_moot(), Names{});
  EXPECT_EQ(claim(start_time() + lease), Names{"ops2"});
}

TEST_P(OutboxContract, R5_WhoStoodInAtTheOpeningHearsWhatIsMootForTheChannel) {
  const Alert opened = alert(1, "pager", start_time());
  owe({opened});
  const ChannelId mail("mail");
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::rejected, {}, "401", mail, true}, start_time()));
  ASSERT_TRUE(outbox().settle(alert_id(incident_.id, 1, mail), {DeliveryOutcome::sent, {}, "250"}, start_time()));
  Alert reminder = alert(2, "pager", start_time());
  reminder.step = IncidentStep::reminder;
  owe({reminder});
  ASSERT_EQ(claim_moot(), Names{"pager2"});
  Delivery moot = moot_delivery();
  moot.fallback = mail;
  ASSERT_TRUE(outbox().settle(reminder.id, moot, start_time()));
  EXPECT_EQ(claim_moot(), Names{});
  EXPECT_EQ(claim(start_time() + lease), Names{"mail2"});
}

TEST_P(OutboxContract, R5_AFallbackThatWasNotToldOfTheOpeningHearsNothingOfTheEnd) {
  const Alert opened = alert(1, "pager", start_time());
  const Alert resolved = alert(2, "pager", start_time());
  owe({opened, resolved});
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::rejected, {}, "401"}, start_time()));
  Delivery moot = moot_delivery();
  moot.fallback = ChannelId("mail");
  ASSERT_TRUE(outbox().settle(resolved.id, moot, start_time()));
  EXPECT_EQ(queries().alerts({})->alerts.size(), 2u);
}

TEST_P(OutboxContract, AFallbackHearsNothingOfWhatWasSent) {
  const Alert opened = alert(1, "pager", start_time());
  owe({opened, alert(2, "pager", start_time() + seconds(1))});
  ASSERT_TRUE(outbox().settle(opened.id, {DeliveryOutcome::sent, {}, "200", ChannelId("mail"), false}, start_time()));
  EXPECT_EQ(claim(start_time() + minutes(1)), Names{"pager2"});
}

TEST_P(OutboxContract, AChannelsRemindersAreNotItsFallbacks) {
  const Alert opened = alert(1, "pager", start_time());
  Alert reminder = alert(2, "pager", start_time());
  reminder.step = IncidentStep::reminder;
  owe({opened, alert(1, "mail", start_time()), reminder});
  ASSERT_TRUE(outbox().settle(reminder.id, {DeliveryOutcome::sent, {}, "200", ChannelId("mail"), false}, start_time()));
  EXPECT_EQ(claim(start_time() + minutes(1)), (Names{"mail1", "pager1"}));
  EXPECT_EQ(queries().alerts({})->alerts.size(), 3u);
}

TEST_P(OutboxContract, AFallbackThatIsToldAnywayIsToldOnce) {
  const Alert opened = alert(1, "pager", start_time());
  Alert own = alert(1, "mail", start_time());
  own.id = alert_id(own.incident, 1, own.channel);
  owe({opened, own});
  ASSERT_TRUE(outbox().settle(own.id, {DeliveryOutcome::sent, {}, "250"}, start_time()));
  ASSERT_TRUE(
      outbox().settle(opened.id, {DeliveryOutcome::rejected, {}, "401", ChannelId("mail"), true}, start_time()));
  EXPECT_EQ(claim(start_time() + minutes(1)), Names{});
}

TEST_P(OutboxContract, ARetryWaitsAndARejectedOneIsDead) {
  const Alert first = alert(1, "ops", start_time());
  const Alert second = alert(1, "chat", start_time());
  owe({first, second});
  ASSERT_EQ(claim(start_time()).size(), 2u);
  ASSERT_TRUE(outbox().settle(first.id, {DeliveryOutcome::retry_after, minutes(3), "busy"}, start_time()));
  ASSERT_TRUE(outbox().settle(second.id, {DeliveryOutcome::rejected, {}, "no such channel"}, start_time()));
  EXPECT_EQ(claim(start_time() + minutes(3) - milliseconds(1)), Names{});
  EXPECT_EQ(claim(start_time() + minutes(3)), Names{"ops1"});
  EXPECT_EQ((*queries().alert(second.id))->alert.state, AlertState::dead);
}

TEST_P(OutboxContract, LoadTellsWhatCameOfEachChannelsAlerts) {
  const Alert first = alert(1, "pager", start_time()), second = alert(2, "pager", start_time());
  const Alert third = alert(3, "pager", start_time()), other = alert(1, "mail", start_time());
  owe({first, second, third, other, alert(1, "chat", start_time())});
  const auto settle = [&](const Alert& one, DeliveryOutcome outcome, const char* answer, milliseconds after) {
    ASSERT_TRUE(outbox().settle(one.id, {outcome, seconds(1), answer}, start_time() + after));
  };
  settle(first, DeliveryOutcome::sent, "200", seconds(1));
  settle(second, DeliveryOutcome::retry_after, "503", seconds(2));
  settle(second, DeliveryOutcome::rejected, "401", seconds(3));
  settle(third, DeliveryOutcome::rejected, "403", seconds(4));
  settle(other, DeliveryOutcome::sent, "250", seconds(5));
  commit_all(log(), {quiet(key_of("website"), result_at(start_time() + minutes(1)))});
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->deliveries.size(), 2u);
  EXPECT_EQ(stored->deliveries[0].channel, ChannelId("mail"));
  EXPECT_EQ(stored->deliveries[0].sent_at, start_time() + seconds(5));
  EXPECT_EQ(stored->deliveries[0].rejected_at, std::nullopt);
  EXPECT_EQ(stored->deliveries[1].channel, ChannelId("pager"));
  EXPECT_EQ(stored->deliveries[1].sent_at, start_time() + seconds(1));
  EXPECT_EQ(stored->deliveries[1].rejected_at, start_time() + seconds(4));
  EXPECT_EQ(stored->deliveries[1].answer, "403");
}

TEST_P(OutboxContract, SettlingWhatIsNotThereIsAnError) {
  EXPECT_FALSE(outbox().settle(AlertId("nothing"), {DeliveryOutcome::sent, {}, ""}, start_time()));
}

TEST_P(OutboxContract, R9_NothingWaitsLongerForAClockThatWasSetBack) {
  const Alert retried = alert(1, "ops", start_time());
  owe({alert(1, "chat", start_time()), retried});
  EXPECT_EQ(claim(start_time()), (Names{"chat1", "ops1"}));
  ASSERT_TRUE(outbox().settle(retried.id, {DeliveryOutcome::retry_after, seconds(30), "busy"}, start_time()));
  const WallTime back = start_time() - minutes(30);
  ASSERT_TRUE(outbox().set_back(back, minutes(30)));
  EXPECT_EQ(claim(back + seconds(29)), Names{});
  EXPECT_EQ(claim(back + seconds(30)), Names{"ops1"});
  EXPECT_EQ(claim(back + lease), Names{"chat1"}) << "its lease ran on";
}

TEST_P(OutboxContract, R9_AClockThatWasSetBackBeforeTheStartHoldsUpNothing) {
  owe({alert(1, "ops", start_time())});
  EXPECT_EQ(claim(start_time() - hours(24 * 3650)), Names{"ops1"});
}

TEST_P(OutboxContract, R9_WhatWasMadeOrTriedLaterThanNowIsDue) {
  const Delivery busy{DeliveryOutcome::retry_after, minutes(30), "busy"};
  const Alert retried = alert(1, "ops", start_time());
  const Alert untried = alert(2, "mail", start_time() + minutes(1));
  owe({alert(1, "chat", start_time()), retried, alert(1, "pager", start_time())});
  EXPECT_EQ(claim(start_time()), (Names{"chat1", "ops1", "pager1"}));
  ASSERT_TRUE(outbox().settle(retried.id, busy, start_time()));
  owe({untried});
  const WallTime back = start_time() - minutes(20);
  EXPECT_EQ(claim(back), (Names{"chat1", "pager1", "mail2"})) << "no lease is that long, and one was never tried";
  ASSERT_TRUE(outbox().settle(untried.id, busy, back));
  ASSERT_TRUE(outbox().set_back(back + seconds(1), std::nullopt));
  EXPECT_EQ(claim(back + seconds(1)), Names{"ops1"}) << "who asked for time since then has it";
}

}  // namespace
}  // namespace allclear::contract::outbox_test
