// Incidents that people open, and what they say about those of checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::engine_by_hand_test {
namespace {

using test::all_up;
using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Words = std::vector<std::string>;

Service service_of(const std::string& id, const std::string& channel) {
  Check check = make_check(id, id);
  check.interval = seconds(86'400);
  check.confirm.down = 1;
  Service service = make_service(id, {check});
  service.alerts = std::vector{ChannelId(channel)};
  return service;
}

class ByHand : public testing::Test {
 protected:
  ByHand() { start(all_up(*catalogue_)); }

  void start(StoredState stored) {
    driver_ = std::make_unique<EngineDriver>();
    driver_->start(catalogue_, std::move(stored));
    driver_->confirm_all();
    driver_->take_replies();
  }
  // Its alerts go to told_, its incident to stored_.
  OperationResult ask(decltype(Operation::action) action, const std::string& who = "ada") {
    driver_->pass(seconds(1));
    driver_->send(Operated{{std::move(action), who}, ++ticket_});
    told_.clear();
    for (const Commit& commit : driver_->take_commits()) {
      for (const Decision& decision : commit.decisions) {
        for (const Alert& alert : decision.alerts)
          told_.push_back(std::string(alert.channel.value()) + " " + std::string(to_string(alert.step)));
        if (decision.incident) stored_ = *decision.incident;
      }
      driver_->send(Committed{commit.seq});
    }
    const auto replies = driver_->take_replies();
    return replies.size() == 1 ? replies[0].result : OperationResult{OperationOutcome::unavailable, "no reply"};
  }
  OperationResult open(std::vector<ServiceId> services) {
    return ask(OpenIncident{"Payments are slow", std::move(services), Severity::major, IncidentState::identified,
                            "We look into it."});
  }

  std::shared_ptr<const Catalogue> catalogue_ = make_catalogue({service_of("shop", "ops"), service_of("mail", "post")});
  std::unique_ptr<EngineDriver> driver_;
  std::uint64_t ticket_ = 0;
  Words told_;
  Incident stored_;
};

TEST_F(ByHand, OpenedItIsStoredShownAndToldToTheChannelsOfAllItsServices) {
  const auto result = open({ServiceId("shop"), ServiceId("mail")});
  ASSERT_EQ(result.outcome, OperationOutcome::done);
  const Incident& incident = *result.incident;
  EXPECT_EQ(incident.service, ServiceId("shop"));
  EXPECT_EQ(incident.affects, std::vector{ServiceId("mail")});
  EXPECT_EQ(incident.state, IncidentState::identified);
  EXPECT_EQ(incident.worst, Verdict::down);
  EXPECT_EQ(incident.timeline.front().author, "ada");
  EXPECT_EQ(incident.timeline.front().body, "We look into it.");
  EXPECT_THAT(told_, UnorderedElementsAre("ops opened", "post opened"));
  EXPECT_EQ(stored_, incident);
  ASSERT_EQ(driver_->engine().incidents_by_hand().size(), 1U);
  EXPECT_EQ(driver_->service(0).open_incident, nullptr) << "the service itself is well";
}

TEST_F(ByHand, OfServicesThatThereAreNotItIsRefused) {
  EXPECT_EQ(open({ServiceId("shop"), ServiceId("nothing")}).outcome, OperationOutcome::refused);
  EXPECT_EQ(open({ServiceId("monitor")}).outcome, OperationOutcome::refused);
  EXPECT_THAT(driver_->engine().incidents_by_hand(), IsEmpty());
}

TEST_F(ByHand, PublicWordsAreToldToWhoeverHeardOfItInternalOnesToNobody) {
  const IncidentId id = open({ServiceId("shop")}).incident->id;
  auto result =
      ask(UpdateIncident{id, "Rolling back.", UpdateAudience::open, IncidentState::monitoring, Severity::minor, {}});
  EXPECT_EQ(told_, Words{"ops updated"});
  EXPECT_EQ(result.incident->state, IncidentState::monitoring);
  EXPECT_EQ(result.incident->severity, Severity::minor);
  EXPECT_EQ(result.incident->worst, Verdict::degraded);
  result = ask(UpdateIncident{id, "It was Bob.", UpdateAudience::internal, {}, {}, {}}, "eve");
  EXPECT_EQ(told_, Words{});
  EXPECT_EQ(result.incident->timeline.back().body, "");
  EXPECT_EQ(result.incident->timeline.back().evidence, "It was Bob.");
  EXPECT_EQ(result.incident->timeline.back().author, "eve");
  result = ask(UpdateIncident{id, "So.", UpdateAudience::open, {}, {}, "Payments were slow"});
  EXPECT_EQ(result.incident->title, "Payments were slow");
}

TEST_F(ByHand, PublicWordsAreKeptWhateverElseIsSaid) {
  const IncidentId id = open({ServiceId("shop")}).incident->id;
  const auto say = [&](const std::string& words, UpdateAudience audience) {
    return ask(UpdateIncident{id, words, audience, {}, {}, {}});
  };
  for (int i = 0; i < 10; ++i) say("public", UpdateAudience::open);
  for (int i = 0; i < 300; ++i) say("internal", UpdateAudience::internal);
  const auto kept = [&] {
    const auto& timeline = driver_->engine().incidents_by_hand()[0]->timeline;
    return std::count_if(timeline.begin(), timeline.end(), [](const auto& entry) { return entry.body == "public"; });
  };
  EXPECT_EQ(kept(), 10);
  EXPECT_EQ(driver_->engine().incidents_by_hand()[0]->timeline.size(), 200U);
  int taken = 10;
  while (say("public", UpdateAudience::open).outcome == OperationOutcome::done) ++taken;
  EXPECT_EQ(kept(), taken);
  EXPECT_EQ(taken, 179) << "and the first words; what cannot be kept is not taken";
  EXPECT_EQ(say("internal", UpdateAudience::internal).outcome, OperationOutcome::done);
  EXPECT_EQ(ask(ResolveIncident{id, "public"}).outcome, OperationOutcome::done);
}

TEST_F(ByHand, AChecksIncidentIsToldOfAndEndsByItself) {
  driver_->see("shop", "D");
  driver_->confirm_all();
  const IncidentId id = driver_->service(0).open_incident->id;
  const auto told = ask(UpdateIncident{id, "A cable is cut.", UpdateAudience::open, IncidentState::identified, {}, {}});
  ASSERT_EQ(told.outcome, OperationOutcome::done);
  EXPECT_EQ(told_, Words{"ops updated"});
  EXPECT_EQ(driver_->service(0).open_incident->state, IncidentState::identified);
  EXPECT_EQ(ask(ResolveIncident{id, ""}).outcome, OperationOutcome::refused);
  EXPECT_EQ(ask(ReopenIncident{id, ""}).outcome, OperationOutcome::not_found);
  EXPECT_TRUE(open({ServiceId("shop")}).incident.has_value()) << "a person's stands beside it";
  driver_->see("shop", "U");
  EXPECT_EQ(driver_->service(0).open_incident, nullptr);
  EXPECT_EQ(ask(UpdateIncident{id, "Late.", UpdateAudience::open, {}, {}, {}}).outcome, OperationOutcome::not_found);
  EXPECT_EQ(driver_->engine().incidents_by_hand().size(), 1U) << "it goes on";
}

TEST_F(ByHand, ResolvedItsEndIsToldAndItCanBeOpenedAgain) {
  const IncidentId id = open({ServiceId("shop")}).incident->id;
  const auto over = ask(ResolveIncident{id, "All is well."});
  EXPECT_EQ(told_, Words{"ops resolved"});
  EXPECT_EQ(over.incident->timeline.back().body, "All is well.");
  EXPECT_TRUE(over.incident->resolved_at.has_value());
  EXPECT_THAT(driver_->engine().incidents_by_hand(), IsEmpty());
  EXPECT_EQ(ask(ResolveIncident{id, ""}).outcome, OperationOutcome::done);
  EXPECT_EQ(told_, Words{}) << "twice is once";
  driver_->pass(seconds(58));
  const auto again = ask(ReopenIncident{id, "It is back."});
  EXPECT_EQ(told_, Words{"ops reopened"});
  EXPECT_EQ(again.incident->reopened, 1U);
  EXPECT_EQ(again.incident->state, IncidentState::investigating);
  EXPECT_EQ(again.incident->calm, seconds(60));
  EXPECT_EQ(driver_->engine().incidents_by_hand().size(), 1U);
}

TEST_F(ByHand, AcknowledgedItNamesWho) {
  const IncidentId id = open({ServiceId("shop")}).incident->id;
  EXPECT_EQ(ask(Acknowledge{id}, "bob").incident->acknowledged_by, "bob");
  EXPECT_EQ(told_, Words{"ops acknowledged"});
  const auto again = ask(Acknowledge{id}, "eve");
  EXPECT_EQ(again.outcome, OperationOutcome::refused);
  EXPECT_EQ(again.detail, "bob acknowledged it at " + format_rfc3339(*stored_.acknowledged_at));
  EXPECT_EQ(driver_->engine().incidents_by_hand().front()->acknowledged_by, "bob");
}

TEST_F(ByHand, ItOutlivesARestartAndAReload) {
  open({ServiceId("shop")});
  StoredState stored = all_up(*catalogue_);
  stored.open_incidents.push_back(stored_);
  start(stored);
  ASSERT_EQ(driver_->engine().incidents_by_hand().size(), 1U);
  EXPECT_EQ(driver_->service(0).open_incident, nullptr);
  driver_->send(Catalogued{make_catalogue({service_of("mail", "post")}), {}});
  EXPECT_EQ(driver_->engine().incidents_by_hand().size(), 1U);
  EXPECT_EQ(ask(ResolveIncident{stored_.id, ""}).outcome, OperationOutcome::done);
  EXPECT_EQ(told_, Words{"ops resolved"}) << "whoever heard of it hears the end";
}

TEST_F(ByHand, ADayAfterItsEndItIsForgotten) {
  const IncidentId id = open({ServiceId("shop")}).incident->id;
  ask(ResolveIncident{id, ""});
  driver_->pass(std::chrono::hours(25));
  open({ServiceId("mail")});
  EXPECT_EQ(ask(ReopenIncident{id, ""}).outcome, OperationOutcome::not_found);
}

}  // namespace
}  // namespace allclear::engine_by_hand_test
