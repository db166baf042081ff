#include "adapters/api/statuspage.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/site_fixture.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using test::SampleWorld;
using test::site_view;

const std::set<std::string> component_states{"operational", "degraded_performance", "partial_outage", "major_outage",
                                             "under_maintenance"};
const std::set<std::string> incident_states{"investigating", "identified", "monitoring", "resolved", "postmortem"};
const std::set<std::string> impacts{"none", "minor", "major", "critical", "maintenance"};

Json read_v2(const std::string& text) {
  const auto json = parse_json(text);
  EXPECT_TRUE(json) << text;
  return json.value_or(Json());
}

std::set<std::string> names_of(const Json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

void expect_time(const Json& value) {
  ASSERT_TRUE(value.is_string()) << value;
  EXPECT_TRUE(parse_rfc3339(value.get<std::string>())) << value;
}

void expect_component(const Json& component) {
  EXPECT_EQ(names_of(component),
            (std::set<std::string>{"id", "name", "status", "created_at", "updated_at", "position", "description",
                                   "showcase", "start_date", "group_id", "page_id", "group", "only_show_if_degraded"}));
  EXPECT_TRUE(component_states.contains(component["status"])) << component;
  EXPECT_GE(component["position"], 1);
  EXPECT_TRUE(component["group"].is_boolean() && component["showcase"].is_boolean());
}

void expect_incident(const Json& incident) {
  EXPECT_EQ(names_of(incident), (std::set<std::string>{"id", "name", "status", "impact", "created_at", "updated_at",
                                                       "started_at", "monitoring_at", "resolved_at", "shortlink",
                                                       "page_id", "incident_updates", "components"}));
  EXPECT_TRUE(incident_states.contains(incident["status"])) << incident;
  EXPECT_TRUE(impacts.contains(incident["impact"])) << incident;
  for (const char* name : {"created_at", "updated_at", "started_at"}) expect_time(incident[name]);
  EXPECT_EQ(incident["resolved_at"].is_null(), incident["status"] != "resolved");
  EXPECT_FALSE(incident["components"].empty());
  for (const Json& component : incident["components"]) expect_component(component);
  for (const Json& update : incident["incident_updates"]) {
    EXPECT_EQ(names_of(update),
              (std::set<std::string>{"id", "status", "body", "incident_id", "created_at", "updated_at", "display_at"}));
    EXPECT_EQ(update["incident_id"], incident["id"]);
    EXPECT_TRUE(incident_states.contains(update["status"]));
    for (const char* name : {"created_at", "updated_at", "display_at"}) expect_time(update[name]);
  }
}

void expect_maintenance(const Json& maintenance) {
  EXPECT_EQ(names_of(maintenance),
            (std::set<std::string>{"id", "name", "status", "impact", "created_at", "updated_at", "started_at",
                                   "monitoring_at", "resolved_at", "scheduled_for", "scheduled_until", "shortlink",
                                   "page_id", "incident_updates", "components"}));
  EXPECT_TRUE(
      (std::set<std::string>{"scheduled", "in_progress", "verifying", "completed"}).contains(maintenance["status"]));
  EXPECT_EQ(maintenance["impact"], "maintenance");
  for (const char* name : {"created_at", "updated_at", "started_at", "scheduled_for", "scheduled_until"})
    expect_time(maintenance[name]);
  for (const Json& component : maintenance["components"]) expect_component(component);
}

SampleWorld told_world() {
  SampleWorld world = test::make_world(6);
  test::add_maintenance(world, "DB upgrade", hours(24), hours(1), {ServiceId("service-0"), ServiceId("service-3")});
  test::add_maintenance(world, "Patches", -hours(1), hours(2), {ServiceId("service-4")});
  return world;
}

TEST(Statuspage, EveryDocumentBeginsWithThePage) {
  const PublicView view = site_view(told_world());
  for (const auto render : {render_v2_summary, render_v2_status, render_v2_components, render_v2_incidents,
                            render_v2_unresolved, render_v2_maintenances}) {
    const Json page = read_v2(render(view))["page"];
    EXPECT_EQ(page, Json::parse(R"({"id":"allclear","name":"Example","url":"https://status.example.com",)"
                                R"("time_zone":"Etc/UTC","updated_at":"2026-11-20T09:00:12Z"})"));
  }
}

TEST(Statuspage, DocumentsHaveTheirMembers) {
  const PublicView view = site_view(told_world());
  const Json summary = read_v2(render_v2_summary(view));
  EXPECT_EQ(names_of(summary),
            (std::set<std::string>{"page", "status", "components", "incidents", "scheduled_maintenances"}));
  EXPECT_EQ(read_v2(render_v2_status(view)), Json({{"page", summary["page"]}, {"status", summary["status"]}}));
  EXPECT_EQ(read_v2(render_v2_components(view)),
            Json({{"page", summary["page"]}, {"components", summary["components"]}}));
  EXPECT_EQ(read_v2(render_v2_unresolved(view)),
            Json({{"page", summary["page"]}, {"incidents", summary["incidents"]}}));
  EXPECT_EQ(read_v2(render_v2_maintenances(view)),
            Json({{"page", summary["page"]}, {"scheduled_maintenances", summary["scheduled_maintenances"]}}));
  EXPECT_EQ(read_v2(render_v2_incidents(view))["incidents"].size(), 5U);
  EXPECT_EQ(summary["incidents"].size(), 2U);
  EXPECT_EQ(summary["components"].size(), 6U);
}

TEST(Statuspage, MembersHaveTheKnownNamesAndWords) {
  const PublicView view = site_view(told_world());
  const Json summary = read_v2(render_v2_summary(view));
  for (const Json& component : summary["components"]) expect_component(component);
  const Json incidents = read_v2(render_v2_incidents(view))["incidents"];
  for (const Json& incident : incidents) expect_incident(incident);
  ASSERT_EQ(summary["scheduled_maintenances"].size(), 2U);
  for (const Json& maintenance : summary["scheduled_maintenances"]) expect_maintenance(maintenance);
  EXPECT_EQ(summary["scheduled_maintenances"][0]["status"], "in_progress");
  EXPECT_EQ(summary["scheduled_maintenances"][1]["status"], "scheduled");
  EXPECT_EQ(summary["scheduled_maintenances"][1]["components"].size(), 2U);
}

TEST(Statuspage, IndicatorsAreItsOwn) {
  for (const auto& [verdict, indicator, state] : {std::tuple{Verdict::up, "none", "operational"},
                                                  {Verdict::degraded, "minor", "degraded_performance"},
                                                  {Verdict::down, "critical", "major_outage"}}) {
    const PublicView view = site_view(test::make_world({{.verdict = verdict, .reason = Reason::slow}}));
    const Json summary = read_v2(render_v2_summary(view));
    EXPECT_EQ(summary["status"]["indicator"], indicator);
    EXPECT_EQ(summary["components"][0]["status"], state);
    EXPECT_EQ(summary["components"][0]["description"], nullptr);
  }
  EXPECT_EQ(read_v2(render_v2_status(site_view(test::make_world(6))))["status"],
            Json::parse(R"({"indicator":"major","description":"Partial outage"})"));
}

TEST(Statuspage, MaintenanceIsAnIndicatorAndAState) {
  SampleWorld world = test::make_world({{"shop", "Shop", "", Verdict::unknown, Reason::refused}});
  world.snapshot.services.edit(0).state.maintenance = true;
  const Json summary = read_v2(render_v2_summary(site_view(world)));
  EXPECT_EQ(summary["status"]["indicator"], "maintenance");
  EXPECT_EQ(summary["components"][0]["status"], "under_maintenance");
}

TEST(Statuspage, UnknownIsNoneWithoutData) {
  const PublicView view = site_view(test::make_world({{"shop", "Shop", "", Verdict::unknown, Reason::no_data}}));
  const Json summary = read_v2(render_v2_summary(view));
  EXPECT_EQ(summary["status"], Json::parse(R"({"indicator":"none","description":"No data"})"));
  EXPECT_EQ(summary["components"][0]["status"], "operational");
  EXPECT_EQ(summary["components"][0]["description"], "No data");
}

TEST(Statuspage, WhatIsStaleIsCalledSo) {
  const auto now = test::sample_now() + hours(1);
  const Json summary = read_v2(render_v2_summary(site_view(test::make_calm_world(2), test::site_settings(), now)));
  EXPECT_EQ(summary["status"]["indicator"], "none");
  EXPECT_EQ(summary["status"]["description"], "Last known 1 h ago: All systems operational");
  for (const Json& component : summary["components"])
    EXPECT_EQ(component["description"], "Last known 1 h ago") << component;
}

TEST(Statuspage, UpdatesStandNewestFirstAndTellTheirTimes) {
  SampleWorld world =
      test::make_world({{.id = "shop", .name = "Shop", .verdict = Verdict::down, .reason = Reason::timeout}});
  auto incident = std::make_shared<Incident>(*world.snapshot.services[0].open_incident);
  incident->state = IncidentState::monitoring;
  incident->timeline.push_back(
      {2, world.now - seconds(60), IncidentStep::acknowledged, incident->state, "", "", "ada"});
  incident->timeline.push_back(
      {3, world.now - seconds(30), IncidentStep::updated, incident->state, "Rolled back.", "", "ada"});
  world.snapshot.services.edit(0).open_incident = incident;
  const Json shown = read_v2(render_v2_unresolved(site_view(world)))["incidents"][0];
  ASSERT_EQ(shown["incident_updates"].size(), 2U) << "an acknowledgement has no public text";
  EXPECT_EQ(shown["incident_updates"][0]["body"], "Rolled back.");
  EXPECT_EQ(shown["updated_at"], "2026-11-20T08:59:42Z");
  EXPECT_EQ(shown["monitoring_at"], "2026-11-20T08:59:42Z");
  EXPECT_EQ(shown["started_at"], "2026-11-20T08:42:12Z");
  EXPECT_EQ(shown["created_at"], "2026-11-20T08:42:22Z");
  EXPECT_EQ(shown["shortlink"], "https://status.example.com/incidents/" + std::string(incident->id.value()) + ".html");
}

TEST(Statuspage, S17_S23_ShowsNothingInternalAndTakesAnyText) {
  SampleWorld world = test::make_hostile_world();
  test::set_name(world, 0, "line\nbreak \x01 \"quote\" \xff broken");
  const PublicView view = site_view(world);
  for (const auto render : {render_v2_summary, render_v2_incidents}) {
    const std::string text = render(view);
    read_v2(text);
    EXPECT_EQ(text.find("secret"), std::string::npos);
    EXPECT_EQ(text.find("hidden"), std::string::npos);
  }
}

}  // namespace
}  // namespace allclear::api
