#include <gtest/gtest.h>

#include "core/rules/maintenance.h"
#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract {
namespace {

class IncidentContract : public StoreContract {
 protected:
  std::vector<std::string> ids_of(const std::optional<ServiceId>& service, WallTime from, WallTime to,
                                  std::size_t limit) {
    std::vector<std::string> ids;
    const auto found = queries().incidents(service, from, to, limit);
    EXPECT_TRUE(found);
    for (const Incident& incident : found.value_or(std::vector<Incident>{})) ids.push_back(incident.id.value());
    return ids;
  }
};
ALLCLEAR_OVER_ALL_STORES(IncidentContract);

TEST_P(IncidentContract, AnIncidentIsKeptWholeAndReplacedWhole) {
  Incident incident = incident_of("website", "01A", start_time());
  incident.timeline.push_back({2, start_time() + minutes(1), IncidentStep::updated, IncidentState::identified,
                               "A \"quoted\" line\nand a second one: ü", std::string("zero\0byte", 9), "ada"});
  commit_all(log(), {with_incident(incident)});
  EXPECT_EQ(*queries().incident(incident.id), incident);
  incident.resolved_at = start_time() + minutes(7);
  incident.acknowledged_at = start_time() + minutes(2);
  incident.acknowledged_by = "ada";
  incident.flapping = true;
  incident.affects = {ServiceId("shop"), ServiceId("blog")};
  incident.told = {{ChannelId("ops"), start_time()}, {ChannelId("mailto:a@example.com"), start_time() + hours(1)}};
  incident.state = IncidentState::resolved;
  incident.reopened = 1;
  incident.calm = minutes(3);
  incident.diagnosis = "the disk was full";
  incident.grouped = {ChannelId("pager")};
  incident.group = ChannelId("chat");
  incident.refusing = ChannelId("mail");
  incident.unwatched = true;
  incident.stood_for = 990;
  commit_all(log(), {with_incident(incident)});
  restart();
  EXPECT_EQ(*queries().incident(incident.id), incident);
  EXPECT_EQ(*queries().incident(IncidentId("nothing")), std::nullopt);
}

TEST_P(IncidentContract, LoadGivesThemInTheOrderInWhichTheyWereStoredWhateverTheirTimes) {
  std::vector<std::string> order;
  for (const auto& [id, minutes_later] : {std::pair{"01B", 30}, {"01C", 10}, {"01A", 20}}) {
    Incident incident = incident_of("website", id, start_time() + minutes(minutes_later));
    commit_all(log(), {with_incident(incident)});
    incident.resolved_at = incident.opened_at + minutes(1);
    commit_all(log(), {with_incident(incident)});
  }
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  for (const Incident& incident : stored->recent_incidents) order.push_back(incident.id.value());
  EXPECT_EQ(order, (std::vector<std::string>{"01B", "01C", "01A"}));
}

TEST_P(IncidentContract, LoadGivesOpenOnesAndThoseOfTheLastDay) {
  Incident old = incident_of("website", "01A", start_time() - hours(50));
  old.resolved_at = start_time() - hours(40);
  Incident recent = incident_of("website", "01B", start_time() - hours(9));
  recent.resolved_at = start_time() - hours(8);
  const Incident open = incident_of("website", "01C", start_time() - hours(30));
  commit_all(log(), {with_incident(old), with_incident(recent), with_incident(open)});
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), start_time()));
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->open_incidents.size(), 1u);
  EXPECT_EQ(stored->open_incidents[0], open);
  ASSERT_EQ(stored->recent_incidents.size(), 1u);
  EXPECT_EQ(stored->recent_incidents[0], recent);
}

TEST_P(IncidentContract, ASecondAutomaticOneOfAServiceIsAConflictAndNothingIsStored) {
  commit_all(log(), {with_incident(incident_of("website", "01A", start_time()))});
  const Incident second = incident_of("website", "01B", start_time() + minutes(1));
  const Decision decision = with_incident(second, {alert_of(second, 1, "ops", start_time())});
  const auto refused = log().commit({&decision, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, CommitFault::conflict);
  EXPECT_EQ(refused.error().conflicting, std::vector{ServiceId("website")});
  EXPECT_EQ(*queries().incident(second.id), std::nullopt);
  EXPECT_TRUE(queries().alerts({})->alerts.empty());
  Incident by_hand = second;
  by_hand.timeline[0].author = "ada";
  commit_all(log(), {with_incident(by_hand), with_incident(incident_of("api", "01C", start_time()))});
}

TEST_P(IncidentContract, OneBatchMayCloseAnIncidentAndOpenTheNext) {
  Incident first = incident_of("website", "01A", start_time());
  commit_all(log(), {with_incident(first)});
  first.resolved_at = start_time() + minutes(1);
  const std::vector<Decision> batch{with_incident(first),
                                    with_incident(incident_of("website", "01B", start_time() + minutes(2)))};
  ASSERT_TRUE(log().commit(batch));
  EXPECT_EQ(log().load()->open_incidents.at(0).id, IncidentId("01B"));
}

TEST_P(IncidentContract, ListsAreNewestFirstWithinTheirTimes) {
  for (int i = 0; i < 5; ++i) {
    Incident incident = incident_of(i % 2 == 0 ? "website" : "api", "01" + std::to_string(i), start_time() + hours(i));
    incident.resolved_at = incident.opened_at + minutes(5);
    commit_all(log(), {with_incident(incident)});
  }
  const WallTime end = start_time() + hours(24);
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_of(std::nullopt, start_time(), end, 100), (Ids{"014", "013", "012", "011", "010"}));
  EXPECT_EQ(ids_of(ServiceId("website"), start_time(), end, 100), (Ids{"014", "012", "010"}));
  EXPECT_EQ(ids_of(std::nullopt, start_time() + hours(1), start_time() + hours(3), 100), (Ids{"012", "011"}));
  EXPECT_EQ(ids_of(std::nullopt, start_time(), end, 2), (Ids{"014", "013"}));
}

TEST_P(IncidentContract, ListsHoldWhatWasOpenOrEndedWithinTheirTimes) {
  Incident ended_before = incident_of("website", "01A", start_time() - hours(24 * 30));
  ended_before.resolved_at = start_time() - hours(24 * 20);
  Incident just_over = incident_of("website", "01B", start_time() - hours(24 * 15));
  just_over.resolved_at = start_time() - minutes(1);
  Incident at_the_edge = incident_of("api", "01C", start_time() - hours(24 * 15));
  at_the_edge.resolved_at = start_time() - hours(24 * 14);
  const Incident still_open = incident_of("website", "01D", start_time() - hours(24 * 16));
  const Incident after = incident_of("api", "01E", start_time());
  commit_all(log(), {with_incident(ended_before), with_incident(just_over), with_incident(at_the_edge),
                     with_incident(still_open), with_incident(after)});
  const WallTime from = start_time() - hours(24 * 14);
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_of(std::nullopt, from, start_time(), 100), (Ids{"01C", "01B", "01D"}));
  EXPECT_EQ(ids_of(ServiceId("website"), from, start_time(), 100), (Ids{"01B", "01D"}));
  EXPECT_EQ(ids_of(std::nullopt, from + milliseconds(1), start_time(), 1), (Ids{"01B"}));
}

TEST_P(IncidentContract, APlannedMaintenanceIsKeptUntilItIsDropped) {
  const auto plan_of = [](const std::string& title) {
    return plan_window(title, {ServiceId("shop"), ServiceId("db")}, {start_time(), start_time() + hours(1)}, "ada",
                       start_time());
  };
  const auto with_plan = [](std::shared_ptr<const Maintenance> plan, bool dropped) {
    Decision decision;
    decision.service = monitor_service();
    decision.plan = MaintenancePlan{std::move(plan), dropped};
    return decision;
  };
  const auto upgrade = plan_of("Upgrade \"it\""), move = plan_of("Move");
  commit_all(log(), {with_plan(upgrade, false), with_plan(move, false), with_plan(move, false)});
  restart();
  EXPECT_EQ(log().load()->planned.size(), 2U);
  commit_all(log(), {with_plan(move, true)});
  restart();
  const auto kept = log().load()->planned;
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0]->id, upgrade->id);
  EXPECT_EQ(kept[0]->title, upgrade->title);
  EXPECT_EQ(kept[0]->services, upgrade->services);
  EXPECT_EQ(kept[0]->planned_by, "ada");
  EXPECT_EQ(window_at_or_after(*kept[0], start_time()), window_at_or_after(*upgrade, start_time()));
}

}  // namespace
}  // namespace allclear::contract
