// What is asked twice under one key, and what is asked of something that changed meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_operations_test {
namespace {

using test::all_up;
using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;

class Operations : public testing::Test {
 protected:
  Operations() { start(all_up(*catalogue_)); }

  void start(StoredState stored) {
    driver_ = std::make_unique<EngineDriver>();
    driver_->start(catalogue_, std::move(stored));
    driver_->confirm_all();
    driver_->take_replies();
  }
  OperationResult ask(Operation operation) {
    driver_->pass(seconds(1));
    driver_->send(Operated{std::move(operation), ++ticket_});
    for (const Commit& commit : driver_->take_commits()) {
      for (const Decision& decision : commit.decisions) {
        if (decision.incident) stored_.open_incidents = {*decision.incident};
        if (decision.incident) ++incidents_stored_;
      }
      driver_->send(Committed{commit.seq});
    }
    const auto replies = driver_->take_replies();
    return replies.size() == 1 ? replies[0].result : OperationResult{OperationOutcome::unavailable, "no reply"};
  }
  static OpenIncident wanted(const std::string& title = "Payments are slow") {
    return {title, {ServiceId("shop")}, Severity::major, IncidentState::investigating, "We look into it."};
  }
  static UpdateIncident word(const IncidentId& id, const std::string& body) {
    UpdateIncident update;
    update.incident = id;
    update.body = body;
    return update;
  }

  std::shared_ptr<const Catalogue> catalogue_ = make_catalogue({make_service("shop", {make_check("shop", "shop")})});
  std::unique_ptr<EngineDriver> driver_;
  std::uint64_t ticket_ = 0;
  int incidents_stored_ = 0;
  StoredState stored_ = all_up(*catalogue_);
};

TEST_F(Operations, UnderOneKeyAnIncidentIsOpenedOnce) {
  const auto first = ask({wanted(), "ada", "k1", 7});
  const auto again = ask({wanted(), "ada", "k1", 7});
  EXPECT_EQ(again.outcome, OperationOutcome::done);
  EXPECT_EQ(again.incident->id, first.incident->id);
  EXPECT_EQ(incidents_stored_, 1);
}

TEST_F(Operations, ASecondWordUnderTheSameKeyIsNotSaidTwice) {
  const IncidentId id = ask({wanted(), "ada"}).incident->id;
  ask({word(id, "Found it."), "ada", "k2", 8});
  const auto again = ask({word(id, "Found it."), "ada", "k2", 8});
  EXPECT_EQ(again.incident->timeline.size(), 2U);
  EXPECT_EQ(ask({word(id, "Found it."), "ada", "k3", 8}).incident->timeline.size(), 3U);
}

TEST_F(Operations, UnderTheSameKeyIsAnsweredAlsoWhenTheIncidentIsOver) {
  const IncidentId id = ask({wanted(), "ada"}).incident->id;
  ask({word(id, "Found it."), "ada", "k2", 8});
  ask({ResolveIncident{id, ""}, "bob"});
  const auto again = ask({word(id, "Found it."), "ada", "k2", 8});
  ASSERT_EQ(again.outcome, OperationOutcome::done);
  EXPECT_EQ(again.incident->timeline[1].body, "Found it.");
  EXPECT_EQ(ask({word(id, "Found it."), "ada", "k3", 8}).outcome, OperationOutcome::not_found);
}

TEST_F(Operations, AKeyIsOnePersonsAndOneRequests) {
  const auto first = ask({wanted(), "ada", "k1", 7});
  EXPECT_EQ(ask({wanted("Mail is slow"), "ada", "k1", 9}).outcome, OperationOutcome::key_reused);
  EXPECT_NE(ask({wanted(), "bob", "k1", 7}).incident->id, first.incident->id);
}

TEST_F(Operations, WhatWasRefusedMayBeAskedAgain) {
  const IncidentId id("none");
  EXPECT_EQ(ask({word(id, "Found it."), "ada", "k1", 7}).outcome, OperationOutcome::not_found);
  EXPECT_EQ(ask({wanted(), "ada", "k1", 9}).outcome, OperationOutcome::done);
}

TEST_F(Operations, AfterARestartTheKeyStillFindsWhatItOpened) {
  const auto first = ask({wanted(), "ada", "k1", 7});
  start(stored_);
  EXPECT_EQ(ask({wanted(), "ada", "k1", 7}).incident->id, first.incident->id);
  EXPECT_EQ(incidents_stored_, 1);
}

TEST_F(Operations, AWindowIsPlannedOnceUnderOneKey) {
  const WallTime now = driver_->now().wall;
  const PlanMaintenance plan{"Upgrade", {ServiceId("shop")}, now + seconds(3'600), now + seconds(7'200)};
  const auto first = ask({plan, "ada", "k1", 7});
  const auto again = ask({plan, "ada", "k1", 7});
  EXPECT_EQ(again.maintenance->id, first.maintenance->id);
  EXPECT_NE(ask({plan, "ada", "k2", 7}).maintenance->id, first.maintenance->id);
}

TEST_F(Operations, AWordAboutWhatChangedMeanwhileIsNotSaid) {
  const IncidentId id = ask({wanted(), "ada"}).incident->id;
  ask({word(id, "Found it."), "bob"});
  const auto late = ask({word(id, "Looking."), "ada", "", 0, 1});
  EXPECT_EQ(late.outcome, OperationOutcome::stale);
  const auto in_time = ask({word(id, "Fixed."), "ada", "", 0, 2});
  EXPECT_EQ(in_time.outcome, OperationOutcome::done);
  EXPECT_EQ(in_time.incident->timeline.back().body, "Fixed.");
}

TEST_F(Operations, AKeyIsForgottenAfterADay) {
  const IncidentId id = ask({wanted(), "ada"}).incident->id;
  ask({word(id, "Found it."), "ada", "k2", 8});
  driver_->pass(seconds(86'400));
  EXPECT_EQ(ask({word(id, "Found it."), "ada", "k2", 8}).incident->timeline.size(), 3U);
}

}  // namespace
}  // namespace allclear::engine_operations_test
