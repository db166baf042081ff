#include "core/rules/delivery.h"

#include <gtest/gtest.h>

namespace allclear {
namespace {

using std::chrono::hours;

Alert tried(std::uint32_t times) {
  Alert alert;
  alert.created_at = WallTime(hours(1));
  alert.tries = times;
  return alert;
}

TEST(Delivery, R5_BacksOffFromOneSecondToSixtyWithFullJitter) {
  for (const auto& [tries, cap] :
       {std::pair(0U, 1'000), {1U, 2'000}, {5U, 32'000}, {6U, 60'000}, {4'000'000U, 60'000}}) {
    EXPECT_EQ(retry_delay(tries, 0), milliseconds(0));
    EXPECT_EQ(retry_delay(tries, 0.5), milliseconds(cap / 2));
    EXPECT_LT(retry_delay(tries, 0.999999), milliseconds(cap));
  }
}

TEST(Delivery, R5_NeverSoonerThanTheChannelAskedForNorLaterThanAnHour) {
  const WallTime now = tried(0).created_at + hours(1);
  EXPECT_EQ(settle_try(tried(0), {DeliveryOutcome::retry_after, seconds(120), "429"}, now, 0.5).retry_after,
            seconds(120));
  EXPECT_EQ(settle_try(tried(0), {DeliveryOutcome::retry_after, hours(30), "429"}, now, 0.5).retry_after, hours(1));
  EXPECT_EQ(settle_try(tried(5), {DeliveryOutcome::retry_after, seconds(1), "429"}, now, 0.5).retry_after, seconds(16));
}

TEST(Delivery, R5_IsGivenUpAfterADayAndNotBefore) {
  const Delivery failed{DeliveryOutcome::retry_after, milliseconds(0), "connection refused"};
  const Alert alert = tried(900);
  EXPECT_EQ(settle_try(alert, failed, alert.created_at + hours(24), 0).outcome, DeliveryOutcome::retry_after);
  const Delivery over = settle_try(alert, failed, alert.created_at + hours(24) + milliseconds(1), 0);
  EXPECT_EQ(over.outcome, DeliveryOutcome::rejected);
  EXPECT_EQ(over.answer, "given up after a day: connection refused");
}

TEST(Delivery, R9_ALeapOfTheClockEndsNothing) {
  const Delivery failed{DeliveryOutcome::retry_after, milliseconds(0), "500"};
  const Alert alert = tried(3);
  EXPECT_EQ(settle_try(alert, failed, alert.created_at + hours(24 * 3650), 0).outcome, DeliveryOutcome::retry_after);
}

TEST(Delivery, R5_AReplayedAlertHasADayOfItsOwn) {
  const Delivery failed{DeliveryOutcome::retry_after, milliseconds(0), "connection refused"};
  Alert alert = tried(900);
  alert.replayed_at = alert.created_at + hours(100);
  EXPECT_EQ(settle_try(alert, failed, *alert.replayed_at + hours(24), 0).outcome, DeliveryOutcome::retry_after);
  EXPECT_EQ(settle_try(alert, failed, *alert.replayed_at + hours(25), 0).outcome, DeliveryOutcome::rejected);
}

TEST(Delivery, R5_AFallbackTakesOverAfterAMinuteOfFailuresOrWhenItIsGivenUp) {
  const Delivery failed{DeliveryOutcome::retry_after, milliseconds(0), "connection refused"};
  const Alert alert = tried(3);
  const ChannelId fallback("mail");
  const auto handed = [&](const Alert& one, const Delivery& seen, milliseconds age) {
    const Delivery settled = settle_try(one, seen, one.created_at + age, 0, fallback);
    EXPECT_EQ(settled.fallback, fallback);
    return settled.hand_over;
  };
  EXPECT_FALSE(handed(alert, failed, seconds(59)));
  EXPECT_TRUE(handed(alert, failed, seconds(60)));
  EXPECT_TRUE(handed(tried(7), failed, -hours(5))) << "the clock was set back";
  EXPECT_TRUE(handed(alert, {DeliveryOutcome::rejected, {}, "401"}, seconds(1)));
  EXPECT_FALSE(handed(alert, {DeliveryOutcome::sent, {}, "200"}, seconds(90)));
  EXPECT_FALSE(settle_try(alert, failed, alert.created_at + hours(2), 0).hand_over) << "there is none";
}

TEST(Delivery, R5_TheMinuteOfAChannelWithAFallbackEndsInTime) {
  const ChannelId fallback("mail");
  const auto settled = [&](milliseconds asked, milliseconds age) {
    const Alert alert = tried(6);
    return settle_try(alert, {DeliveryOutcome::retry_after, asked, "503"}, alert.created_at + age, 0.9, fallback);
  };
  EXPECT_EQ(settled(seconds(0), seconds(5)).retry_after, seconds(54)) << "by chance";
  EXPECT_EQ(settled(seconds(0), seconds(40)).retry_after, seconds(20)) << "the try that ends the minute";
  EXPECT_EQ(settled(seconds(19), seconds(40)).retry_after, seconds(20));
  EXPECT_FALSE(settled(seconds(19), seconds(40)).hand_over);
  EXPECT_TRUE(settled(seconds(20), seconds(40)).hand_over) << "it will not take it within the minute: it says so";
  EXPECT_EQ(settled(seconds(20), seconds(40)).retry_after, seconds(54));
  EXPECT_TRUE(settled(hours(1), seconds(0)).hand_over);
  EXPECT_EQ(settled(seconds(0), -hours(5)).retry_after, seconds(54)) << "the clock was set back";
}

TEST(Delivery, AFallbackThatToldOfTheBeginningTellsTheRestButNoReminders) {
  Alert step = tried(1);
  const Delivery settled{DeliveryOutcome::sent, {}, "200", ChannelId("mail"), false};
  for (const IncidentStep told : {IncidentStep::escalated, IncidentStep::resolved}) {
    step.step = told;
    EXPECT_TRUE(goes_to_fallback(step, settled, true));
    EXPECT_FALSE(goes_to_fallback(step, settled, false));
  }
  step.step = IncidentStep::reminder;
  EXPECT_FALSE(goes_to_fallback(step, settled, true));
  Delivery handed = settled;
  handed.hand_over = true;
  EXPECT_TRUE(goes_to_fallback(step, handed, false));
}

using enum IncidentStep;

TEST(Delivery, R5_WhoStoodInHearsAllOfWhatIsMootForTheChannel) {
  const Delivery settled = settle_try(tried(0), moot_delivery(), WallTime(hours(2)), 0, ChannelId("mail"));
  EXPECT_FALSE(settled.hand_over);
  for (const IncidentStep step : {reminder, resolved}) {
    Alert moot = tried(0);
    moot.step = step;
    EXPECT_TRUE(goes_to_fallback(moot, settled, true));
    EXPECT_FALSE(goes_to_fallback(moot, settled, false)) << "up without down for the fallback";
  }
}

TEST(Delivery, InTheSteadOfAnotherIsTheSameStepUnderItsOwnKey) {
  Alert alert = tried(9);
  alert.incident = IncidentId("01A");
  alert.ordinal = 2;
  alert.channel = ChannelId("pager");
  alert.state = AlertState::dead;
  const Alert other = in_stead(alert, ChannelId("mail"), WallTime(hours(2)));
  EXPECT_EQ(other.id, alert_id(IncidentId("01A"), 2, ChannelId("mail")));
  EXPECT_EQ(other.channel, ChannelId("mail"));
  EXPECT_EQ(other.ordinal, 2U);
  EXPECT_EQ(other.state, AlertState::owed);
  EXPECT_EQ(other.due_at, WallTime(hours(2)));
  EXPECT_EQ(other.tries, 0U);
}

TEST(Delivery, WhatIsSettledStaysSo) {
  const WallTime late = tried(0).created_at + hours(100);
  EXPECT_EQ(settle_try(tried(0), {DeliveryOutcome::sent, {}, "200"}, late, 0).outcome, DeliveryOutcome::sent);
  EXPECT_EQ(settle_try(tried(0), {DeliveryOutcome::rejected, {}, "401"}, late, 0).answer, "401");
}

}  // namespace
}  // namespace allclear
