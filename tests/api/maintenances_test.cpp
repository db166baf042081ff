// Maintenance windows that people plan: what is asked for, refused and shown.
#include "adapters/api/maintenances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/maintenance.h"
#include "tests/api/operators_fixture.h"

namespace allclear::api::maintenances_test {
namespace {

using std::chrono::hours;
using test::header_of;
using test::json_of;
using test::OperatorsUnderTest;

const std::string path = "/api/v1/maintenances";

std::shared_ptr<const Maintenance> window(const std::string& title, WallTime start, milliseconds lasts) {
  return plan_window(title, {ServiceId("shop")}, {start, start + lasts}, "ci", start);
}

std::vector<std::string> titles(const Json& page) {
  std::vector<std::string> found;
  for (const Json& one : page["maintenances"]) found.push_back(one["title"]);
  return found;
}
using Titles = std::vector<std::string>;

TEST(MaintenancesRoute, APlanReachesTheMonitorWithItsTimesInUtc) {
  OperatorsUnderTest api;
  api.operations.result.maintenance = window("Upgrade", api.clock.at.wall + hours(1), hours(1));
  const auto answer = api.post(path, "write",
                               R"({"title":"Upgrade","services":["shop","db","shop"],)"
                               R"("starts_at":"2026-12-01T03:00:00+01:00","ends_at":"2026-12-01T03:00:00Z"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(header_of(answer, "Location"), path + "/" + json_of(answer)["id"].get<std::string>());
  EXPECT_EQ(json_of(answer)["state"], "scheduled");
  EXPECT_EQ(json_of(answer)["planned_by"], "ci");
  ASSERT_EQ(api.operations.asked.size(), 1U);
  EXPECT_EQ(api.operations.asked[0].who, "write");
  const auto& asked = std::get<PlanMaintenance>(api.operations.asked[0].action);
  EXPECT_EQ(asked.title, "Upgrade");
  EXPECT_EQ(asked.services, (std::vector{ServiceId("shop"), ServiceId("db")})) << "once each";
  EXPECT_EQ(format_rfc3339(asked.starts_at), "2026-12-01T02:00:00Z");
  EXPECT_EQ(format_rfc3339(asked.ends_at), "2026-12-01T03:00:00Z");
}

TEST(MaintenancesRoute, ItStartsNowUnlessSaid) {
  OperatorsUnderTest api;
  api.post(path, "write", R"({"title":"Now","services":["shop"],"ends_at":"2026-12-01T03:00:00Z"})");
  ASSERT_EQ(api.operations.asked.size(), 1U);
  EXPECT_EQ(std::get<PlanMaintenance>(api.operations.asked[0].action).starts_at, api.clock.at.wall);
}

TEST(MaintenancesRoute, EveryMistakeIsNamedAndNothingIsPlanned) {
  OperatorsUnderTest api;
  const auto named = [&](const std::string& body) {
    const auto answer = api.post(path, "write", body);
    EXPECT_EQ(answer.status, 422) << body;
    std::vector<std::string> members;
    const Json problem = json_of(answer);
    for (const Json& error : problem["errors"]) members.push_back(error["parameter"]);
    return members;
  };
  using testing::UnorderedElementsAre;
  EXPECT_THAT(named("{}"), UnorderedElementsAre("title", "services", "ends_at"));
  EXPECT_THAT(named(R"({"title":7,"services":"shop","ends_at":"soon","starts_at":1,"every":"week"})"),
              UnorderedElementsAre("title", "services", "ends_at", "starts_at", "every"));
  EXPECT_THAT(named(R"({"title":"a\nb","services":["Shop"],"ends_at":"2027-01-01T00:00:00Z"})"),
              UnorderedElementsAre("title", "services"));
  for (const char* title : {" ", "\xC2\xA0",
                            "a\xC2\x85"
                            "b",
                            "a\xE2\x80\xAE"
                            "b",
                            "a\tb"}) {
    const Json plan{{"title", title}, {"services", {"a"}}, {"ends_at", "2027-01-01T00:00:00Z"}};
    EXPECT_THAT(named(plan.dump()), UnorderedElementsAre("title")) << title;
  }
  EXPECT_THAT(named(R"({"title":"a","services":[],"ends_at":"2020-01-01T00:00:00Z"})"),
              UnorderedElementsAre("services", "ends_at"));
  EXPECT_THAT(
      named(R"({"title":"a","services":["a"],"starts_at":"2020-01-01T00:00:00Z","ends_at":"2027-01-01T00:00:00Z"})"),
      UnorderedElementsAre("starts_at", "ends_at"));
  EXPECT_THAT(
      named(R"({"title":"a","services":["a"],"starts_at":"2027-01-02T00:00:00Z","ends_at":"2027-01-01T00:00:00Z"})"),
      UnorderedElementsAre("ends_at"));
  EXPECT_THAT(named(R"({"title":"a","services":["a"],"ends_at":"2029-01-01T00:00:00Z"})"),
              UnorderedElementsAre("ends_at"));
  EXPECT_EQ(api.post(path, "write", "[1]").status, 422);
  EXPECT_TRUE(api.operations.asked.empty());
}

TEST(MaintenancesRoute, TheListHasThoseOfTheFileToo) {
  OperatorsUnderTest api;
  const WallTime now = api.clock.at.wall;
  auto weekly = std::make_shared<Maintenance>(*window("Weekly", now - hours(24), hours(1)));
  weekly->planned_by.clear();
  weekly->id = MaintenanceId("weekly");
  weekly->repeats = milliseconds(hours(24 * 7));
  auto past = std::make_shared<Maintenance>(*window("Past, of the file", now - hours(24), hours(1)));
  past->planned_by.clear();
  api.add_maintenance(weekly);
  api.add_maintenance(past);
  api.add_maintenance(window("Over", now - hours(3), hours(1)));
  api.add_maintenance(window("Goes on", now - hours(1), hours(2)));
  const Json page = api.json(path);
  EXPECT_EQ(titles(page), (Titles{"Over", "Goes on", "Weekly"}));
  EXPECT_EQ(page["maintenances"][0]["state"], "completed");
  EXPECT_EQ(page["maintenances"][1]["state"], "in_progress");
  EXPECT_EQ(page["maintenances"][2]["state"], "scheduled");
  EXPECT_EQ(page["maintenances"][2]["repeats"], true);
  EXPECT_EQ(page["maintenances"][2]["planned_by"], nullptr);
  EXPECT_EQ(page["next"], nullptr);
  const Json first = api.json(path + "?limit=2");
  EXPECT_EQ(titles(first), (Titles{"Over", "Goes on"}));
  EXPECT_EQ(titles(api.json(path + "?limit=2&cursor=" + first["next"].get<std::string>())), Titles{"Weekly"});
  EXPECT_EQ(api.get(path + "?cursor=nothing").status, 400);
  EXPECT_EQ(api.json(path + "/weekly")["title"], "Weekly");
  EXPECT_EQ(api.get(path + "/nothing").status, 404);
}

TEST(MaintenancesRoute, OneIsDroppedByItsId) {
  OperatorsUnderTest api;
  api.operations.result.maintenance = window("Upgrade", api.clock.at.wall, hours(1));
  EXPECT_EQ(api.ask({"DELETE", path + "/m-1", "write", "", {}}).status, 204);
  ASSERT_EQ(api.operations.asked.size(), 1U);
  EXPECT_EQ(std::get<DropMaintenance>(api.operations.asked[0].action).id, MaintenanceId("m-1"));
  api.operations.result = {OperationOutcome::not_found, "there is no such maintenance"};
  EXPECT_EQ(api.ask({"DELETE", path + "/m-1", "write", "", {}}).status, 404);
  EXPECT_EQ(api.ask({"DELETE", path + "/m-1", "read", "", {}}).status, 403);
}

}  // namespace
}  // namespace allclear::api::maintenances_test
