// What goes wrong on the way to a channel: each of these stories breaks one promise, and the auditor must say so.
#include "tests/sim/delivery_auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/store/memory/memory_store.h"
#include "core/rules/delivery.h"
#include "core/rules/incident_lifecycle.h"
#include "core/rules/routing.h"
#include "tests/support/builders.h"

namespace allclear::sim::delivery_auditor_test {
namespace {

using std::chrono::hours;
using test::wall_s;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const ChannelId ops("ops");

// One incident that opens and ends, told to one channel; a test leaves a step of its delivery out or does it twice.
class DeliveryAuditorTest : public testing::Test {
 protected:
  Alert turn(Verdict to) {
    const Transition transition{service_.id, Verdict::up, to, wall_s(++second_), wall_s(second_), Reason::refused, {}};
    IncidentUpdate update = *advance_incident(service_, open_, last_, transition, "");
    Decision decision;
    decision.service = service_.id;
    decision.alerts = route({*service_.alerts, policies_}, update, wall_s(second_));
    decision.incident = open_ = update.incident;
    const Alert alert = decision.alerts.at(0);
    decisions_.push_back(std::move(decision));
    return alert;
  }
  void store(std::size_t index) {
    ASSERT_TRUE(store_.commit(std::span(&decisions_[index], 1)));
    auditor_.committed(decisions_[index]);
  }
  void store_all() {
    for (std::size_t i = 0; i < decisions_.size(); ++i) store(i);
  }
  void settle(const Alert& alert, DeliveryOutcome outcome) {
    ASSERT_TRUE(store_.settle(alert.id, {outcome, milliseconds(0), "answer"}, wall_s(second_)));
    auditor_.settled(alert.id, outcome);
  }
  void tell(const Alert& alert) {
    auditor_.try_begins(alert, 1, seconds(1));
    auditor_.arrived(alert);
    auditor_.try_ends(alert.id, 1);
    settle(alert, DeliveryOutcome::sent);
  }
  void expect_complaint(const char* words) { EXPECT_THAT(findings_.all(), Contains(HasSubstr(words))); }

  Service service_ = test::make_service("shop");
  ChannelPolicies policies_;
  std::optional<Incident> open_;
  std::optional<Incident> last_;
  std::vector<Decision> decisions_;
  Findings findings_;
  store::MemoryStore store_;
  DeliveryAuditor auditor_{store_, findings_};
  int second_ = 0;
};

TEST_F(DeliveryAuditorTest, HonestDeliveryBreaksNothing) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  store_all();
  tell(opened);
  tell(resolved);
  auditor_.compare();
  EXPECT_THAT(findings_.all(), IsEmpty());
  EXPECT_EQ(auditor_.counts().arrived, 2U);
}

TEST_F(DeliveryAuditorTest, SeesWordsOfWhatIsNotStored) {
  auditor_.arrived(turn(Verdict::down));
  expect_complaint("told before it was stored");
}

TEST_F(DeliveryAuditorTest, SeesWordsThatComeAgain) {
  const Alert opened = turn(Verdict::down);
  store_all();
  tell(opened);
  auditor_.arrived(opened);
  expect_complaint("told again");
}

TEST_F(DeliveryAuditorTest, AnAnswerThatWasLostExcusesASecondTry) {
  const Alert opened = turn(Verdict::down);
  store_all();
  auditor_.try_begins(opened, 1, seconds(1));
  auditor_.arrived(opened);
  auditor_.driver_died(1);
  tell(opened);
  EXPECT_THAT(findings_.all(), IsEmpty());
  EXPECT_EQ(auditor_.counts().again, 1U);
}

TEST_F(DeliveryAuditorTest, SeesTwoDriversAtOneAlert) {
  const Alert opened = turn(Verdict::down);
  store_all();
  auditor_.try_begins(opened, 1, seconds(1));
  auditor_.try_begins(opened, 2, seconds(2));
  expect_complaint("two are telling it at once");
}

TEST_F(DeliveryAuditorTest, SeesUpWithoutDown) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  store_all();
  ASSERT_TRUE(store_.settle(opened.id, {DeliveryOutcome::sent, milliseconds(0), "not told"}, wall_s(second_)));
  tell(resolved);
  expect_complaint("up without down");
}

TEST_F(DeliveryAuditorTest, SeesUpOfADownThatWasRefused) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  store_all();
  settle(opened, DeliveryOutcome::rejected);
  tell(resolved);
  expect_complaint("up without down");
}

TEST_F(DeliveryAuditorTest, AnOpeningThatWasTakenExcusesNoneAfterIt) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  service_.reopen = hours(1);
  last_ = std::exchange(open_, std::nullopt);
  const Alert reopened = turn(Verdict::down);
  const Alert ended = turn(Verdict::up);
  ASSERT_EQ(reopened.incident, opened.incident);
  store_all();
  tell(opened);
  tell(resolved);
  settle(reopened, DeliveryOutcome::rejected);
  EXPECT_THAT(findings_.all(), IsEmpty());
  tell(ended);
  expect_complaint("up without down");
}

TEST_F(DeliveryAuditorTest, WhoRefusedTheFirstEndHearsTheSecond) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  service_.reopen = hours(1);
  last_ = std::exchange(open_, std::nullopt);
  const Alert reopened = turn(Verdict::down);
  const Alert ended = turn(Verdict::up);
  store_all();
  tell(opened);
  settle(resolved, DeliveryOutcome::rejected);
  settle(reopened, DeliveryOutcome::rejected);
  tell(ended);
  auditor_.compare();
  EXPECT_THAT(findings_.all(), IsEmpty());
}

TEST_F(DeliveryAuditorTest, SeesWhatIsLeftToARecoveryThatIsLeftOut) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  store_all();
  ASSERT_TRUE(store_.settle(opened.id, {DeliveryOutcome::sent, {}, std::string(told_by_recovery)}, wall_s(second_)));
  ASSERT_TRUE(
      store_.settle(resolved.id, {DeliveryOutcome::rejected, {}, std::string(opening_refused)}, wall_s(second_)));
  auditor_.compare();
  expect_complaint("was left to a recovery that is not told");
}

TEST_F(DeliveryAuditorTest, WhatFollowsARefusedOpeningIsLeftOut) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  store_all();
  settle(opened, DeliveryOutcome::rejected);
  ASSERT_TRUE(store_.settle(resolved.id, moot_delivery(), wall_s(second_)));
  auditor_.left_out(resolved);
  auditor_.compare();
  EXPECT_THAT(findings_.all(), IsEmpty());
  EXPECT_EQ(auditor_.counts().left_out, 1U);
}

TEST_F(DeliveryAuditorTest, SeesAnEndThatIsLeftOutForNoReason) {
  const Alert opened = turn(Verdict::down);
  const Alert resolved = turn(Verdict::up);
  store_all();
  tell(opened);
  auditor_.left_out(resolved);
  expect_complaint("left out though its channel refused no opening");
}

TEST_F(DeliveryAuditorTest, SeesStepsInTheWrongOrder) {
  const Alert opened = turn(Verdict::degraded);
  const Alert escalated = turn(Verdict::down);
  store_all();
  tell(escalated);
  tell(opened);
  expect_complaint("told after a later step");
}

TEST_F(DeliveryAuditorTest, SeesALedgerThatSaysSentOfWhatNeverArrived) {
  const Alert opened = turn(Verdict::down);
  store_all();
  settle(opened, DeliveryOutcome::sent);
  auditor_.compare();
  expect_complaint("counts as sent and never arrived");
}

TEST_F(DeliveryAuditorTest, SeesALedgerThatGaveUpByItself) {
  const Alert opened = turn(Verdict::down);
  store_all();
  ASSERT_TRUE(store_.settle(opened.id, {DeliveryOutcome::rejected, milliseconds(0), "no"}, wall_s(second_)));
  auditor_.compare();
  expect_complaint("is dead and nobody refused it");
}

TEST_F(DeliveryAuditorTest, SeesAnAlertThatIsGone) {
  turn(Verdict::down);
  auditor_.committed(decisions_[0]);
  auditor_.compare();
  expect_complaint("is gone from the ledger");
}

TEST_F(DeliveryAuditorTest, SeesWhatWaitsForNoReason) {
  turn(Verdict::down);
  store_all();
  std::optional<milliseconds> well = milliseconds(0);
  const auto since = [&](const Alert&) { return well; };
  auditor_.expect_nothing_waits(seconds(10), since);
  auditor_.expect_nothing_waits(std::chrono::minutes(4), since);
  EXPECT_THAT(findings_.all(), IsEmpty());
  well.reset();
  auditor_.expect_nothing_waits(std::chrono::minutes(5), since);
  EXPECT_THAT(findings_.all(), IsEmpty()) << "its channel is out";
  well = milliseconds(0);
  auditor_.expect_nothing_waits(std::chrono::minutes(5), since);
  expect_complaint("waits although its channel is well");
}

}  // namespace
}  // namespace allclear::sim::delivery_auditor_test
