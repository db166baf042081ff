// Channels that refuse what they are sent, by the engine (R5): one alert about it, however many there are.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_refusals_test {
namespace {

using std::chrono::minutes;
using test::EngineDriver;

class EngineRefusals : public testing::Test {
 protected:
  static std::shared_ptr<const Catalogue> catalogue(const std::vector<std::string>& channels) {
    ChannelPolicies policies;
    std::vector<ChannelId> own;
    for (const std::string& channel : channels) {
      policies.emplace(ChannelId(channel), ChannelPolicy{});
      own.emplace_back(channel);
    }
    auto made = std::make_shared<Catalogue>(*test::make_catalogue({test::make_service("shop")}, policies));
    made->own_alerts = own;
    return made;
  }
  void start(const std::vector<std::string>& channels) {
    const auto made = catalogue(channels);
    driver_.start(made, test::all_up(*made));
  }
  void settle(const std::string& channel, DeliveryOutcome outcome) {
    driver_.send(DeliverySettled{ChannelId(channel), outcome, "HTTP 400: no such key"});
  }
  // What is stored once the pager refused an alert.
  StoredState refused(const std::shared_ptr<const Catalogue>& made) {
    StoredState stored = test::all_up(*made);
    driver_.start(made, stored);
    settle("pager", DeliveryOutcome::rejected);
    told();
    stored.open_incidents = incidents_;
    return stored;
  }
  // "mail opened", in the order of the decisions; their incidents are kept.
  std::vector<std::string> told() {
    std::vector<std::string> words;
    for (Decision& decision : driver_.take_decisions()) {
      for (const Alert& alert : decision.alerts)
        words.push_back(alert.channel.value() + " " + std::string(to_string(alert.step)));
      if (decision.incident) incidents_.push_back(std::move(*decision.incident));
    }
    return words;
  }

  EngineDriver driver_;
  std::vector<Incident> incidents_;
};

using Words = std::vector<std::string>;

TEST_F(EngineRefusals, R5_TheFirstDeadLetterIsToldToTheOtherChannelsAndTheNextAreNot) {
  start({"mail", "pager", "chat"});
  settle("pager", DeliveryOutcome::rejected);
  EXPECT_EQ(told(), (Words{"mail opened", "chat opened"}));
  ASSERT_EQ(incidents_.size(), 1U);
  EXPECT_EQ(incidents_[0].refusing, ChannelId("pager"));
  EXPECT_EQ(incidents_[0].timeline[0].evidence, "HTTP 400: no such key");
  for (int i = 0; i < 100; ++i) settle("pager", DeliveryOutcome::rejected);
  EXPECT_EQ(told(), Words{});
}

TEST_F(EngineRefusals, R5_ItEndsWhenItTookOneAndGaveUpNoneForAWhile) {
  start({"mail", "pager"});
  settle("pager", DeliveryOutcome::rejected);
  EXPECT_EQ(told(), Words{"mail opened"});
  settle("pager", DeliveryOutcome::retry_after);
  settle("pager", DeliveryOutcome::sent);
  driver_.run(minutes(9));
  settle("pager", DeliveryOutcome::rejected);
  settle("pager", DeliveryOutcome::sent);
  driver_.run(minutes(9));
  EXPECT_EQ(told(), Words{}) << "one of the letters died meanwhile";
  driver_.run(minutes(2));
  EXPECT_EQ(told(), Words{"mail resolved"});
  ASSERT_FALSE(incidents_.empty());
  EXPECT_FALSE(incidents_.back().open());
  settle("pager", DeliveryOutcome::rejected);
  EXPECT_EQ(told(), Words{"mail opened"}) << "and begins anew";
}

TEST_F(EngineRefusals, R5_WhatRefusesIsNotToldOfAnother) {
  start({"mail", "pager"});
  settle("pager", DeliveryOutcome::rejected);
  told();
  settle("mail", DeliveryOutcome::rejected);
  EXPECT_EQ(told(), Words{}) << "nobody is left; it is stored and shown";
  EXPECT_EQ(incidents_.back().refusing, ChannelId("mail"));
  settle("elsewhere", DeliveryOutcome::rejected);
  EXPECT_EQ(incidents_.size(), 2U) << "no channel of the config";
}

TEST_F(EngineRefusals, R1_ARestartGoesOnWithItAndAlertsNobodyAnew) {
  const auto made = catalogue({"mail", "pager"});
  StoredState stored = refused(made);
  driver_.start(made, stored);
  settle("pager", DeliveryOutcome::rejected);
  EXPECT_EQ(told(), Words{});
  settle("pager", DeliveryOutcome::sent);
  driver_.run(minutes(11));
  EXPECT_EQ(told(), Words{"mail resolved"});
}

TEST_F(EngineRefusals, R1_ADeadLetterThatNobodyHeardOfBeforeTheStopIsToldAtTheStart) {
  const auto made = catalogue({"mail", "pager"});
  StoredState stored = test::all_up(*made);
  const WallTime now = driver_.now().wall;
  stored.deliveries = {{ChannelId("pager"), now - minutes(30), "HTTP 401", now - minutes(60)},
                       {ChannelId("mail"), std::nullopt, "", now - minutes(1)},
                       {ChannelId("gone"), now - minutes(30), "HTTP 401", std::nullopt}};
  driver_.start(made, stored);
  EXPECT_EQ(told(), Words{"mail opened"});
  ASSERT_EQ(incidents_.size(), 1U);
  EXPECT_EQ(incidents_[0].timeline[0].evidence, "HTTP 401");
  Incident before = incidents_[0];
  before.opened_at = now - minutes(40);
  before.resolved_at = now - minutes(29);
  stored.recent_incidents = {before};
  driver_.start(made, stored);
  EXPECT_EQ(told(), Words{}) << "that one told of it";
  stored.recent_incidents[0].resolved_at = now - minutes(31);
  driver_.start(made, stored);
  EXPECT_EQ(told(), Words{"mail opened"});
}

TEST_F(EngineRefusals, HowLongAllIsWellCountsOnOverAStart) {
  const auto made = catalogue({"mail", "pager"});
  StoredState stored = refused(made);
  const WallTime now = driver_.now().wall;
  stored.deliveries = {{ChannelId("pager"), now - minutes(20), "HTTP 401", now - minutes(9)}};
  driver_.start(made, stored);
  driver_.run(seconds(59));
  EXPECT_EQ(told(), Words{});
  driver_.run(seconds(2));
  EXPECT_EQ(told(), Words{"mail resolved"});
  stored.deliveries[0].sent_at = now - minutes(25);
  driver_.start(made, stored);
  driver_.run(std::chrono::hours(1));
  EXPECT_EQ(told(), Words{}) << "it took none since";
}

TEST_F(EngineRefusals, AChannelThatLeavesTheConfigTakesItAlong) {
  start({"mail", "pager"});
  settle("pager", DeliveryOutcome::rejected);
  told();
  driver_.send(Catalogued{catalogue({"mail"}), {}});
  EXPECT_EQ(told(), Words{"mail resolved"});
  EXPECT_EQ(incidents_.back().timeline.back().body, "The channel was removed from the configuration.");
}

}  // namespace
}  // namespace allclear::engine_refusals_test
