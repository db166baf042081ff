#include "adapters/api/public_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/status_json.h"
#include "base/json.h"
#include "core/rules/incident_by_hand.h"
#include "tests/support/sample_world.h"

namespace allclear::api {
namespace {

using test::SampleWorld;

PublicView view_of(const SampleWorld& world, WallTime now = test::sample_now()) {
  return make_public_view(world.snapshot, world.days, world.recent, {"Example Cloud", "https://status.example.com", {}},
                          4711, now);
}

TEST(PublicView, HidesInternalServicesAndTheirIncidents) {
  const PublicView view = view_of(test::make_hostile_world());
  EXPECT_EQ(view.find(ServiceId("hidden")), nullptr);
  EXPECT_EQ(view.services.size(), 5U);
  EXPECT_EQ(view.open.size(), 2U);
  EXPECT_EQ(view.rollup.counts.down, 1);
}

TEST(PublicView, PausedServicesAreUnknownAndNotCounted) {
  const PublicView view = view_of(test::make_hostile_world());
  const ServiceView* paused = view.find(ServiceId("paused"));
  ASSERT_NE(paused, nullptr);
  EXPECT_EQ(paused->state, ShownState::unknown);
  EXPECT_EQ(paused->reason, Reason::paused);
  EXPECT_EQ(view.rollup.counts.up + view.rollup.counts.degraded + view.rollup.counts.down + view.rollup.counts.unknown,
            4);
}

TEST(PublicView, AlwaysHasNinetyDaysThatEndToday) {
  SampleWorld world = test::make_world(1);
  world.days[0].days.erase(world.days[0].days.begin(), world.days[0].days.begin() + 85);
  const PublicView view = view_of(world);
  const auto& days = view.services[0].days;
  ASSERT_EQ(days.size(), 90U);
  EXPECT_EQ(days.back().day, day_of(test::sample_now()));
  EXPECT_EQ(days.front().state, ShownState::unknown);
  EXPECT_FALSE(days.front().uptime().has_value());
  EXPECT_EQ(days[88].state, ShownState::up);
}

TEST(PublicView, TheFirstDayBeginsWithTheFirstResult) {
  SampleWorld world = test::make_world(1);
  const auto today = day_of(test::sample_now());
  world.days[0].days = {{today, {.up = std::chrono::minutes(3)}, 6, std::nullopt}};
  EXPECT_EQ(view_of(world).services[0].days.back().state, ShownState::up);
  world.days[0].days.insert(world.days[0].days.begin(),
                            {today - std::chrono::days(1), {.up = std::chrono::hours(20)}, 6, std::nullopt});
  EXPECT_EQ(view_of(world).services[0].days.back().state, ShownState::unknown);  // 3 minutes of 9 hours
}

TEST(PublicView, ShowsWhatWasResolvedInTheLast14Days) {
  SampleWorld world = test::make_world(3);
  world.recent.front().resolved_at = test::sample_now() - std::chrono::days(15);
  const std::size_t stored = world.recent.size();
  EXPECT_EQ(view_of(world).recent.size(), stored - 1);
}

TEST(PublicView, IsNeverGreenWhileStale) {
  const SampleWorld world = test::make_calm_world(3);
  EXPECT_EQ(view_of(world).rollup.indicator, Indicator::none);
  const auto late = test::sample_now() + std::chrono::minutes(9);
  EXPECT_EQ(view_of(world, late).freshness, Freshness::fresh);
  const PublicView stale = view_of(world, test::sample_now() + std::chrono::minutes(12));
  EXPECT_EQ(stale.freshness, Freshness::stale);
  EXPECT_EQ(stale.rollup.indicator, Indicator::unknown);
  EXPECT_EQ(stale.rollup.description, "Last known 12 min ago: All systems operational");
  EXPECT_EQ(stale.updated_at, test::sample_now());
}

TEST(PublicView, AnIncidentThatAPersonOpenedColoursTheBanner) {
  SampleWorld world = test::make_calm_world(3);
  const auto open = [&](const char* service) {
    const OpenIncident wanted{"Payments fail", {ServiceId(service)}, Severity::major, {}, "We look into it."};
    world.snapshot.by_hand = {std::make_shared<const Incident>(open_by_hand(wanted, world.now, "ada").incident)};
  };
  open("hidden");
  EXPECT_EQ(view_of(world).rollup.indicator, Indicator::none) << "visitors see nothing of it";
  open("service-0");
  const PublicView view = view_of(world);
  EXPECT_EQ(view.rollup.indicator, Indicator::major);
  EXPECT_EQ(view.rollup.description, "Partial outage");
  EXPECT_EQ(view.rollup.counts.up, 3);
  EXPECT_EQ(view.rollup.counts.down, 0);
}

TEST(PublicView, MaintenanceAheadIsShownForPublicServicesSoonestFirst) {
  using std::chrono::hours;
  SampleWorld world =
      test::make_world({{"shop", "Shop"}, {"db", "Database", "", Verdict::up, Reason::ok, Visibility::internal}});
  test::add_maintenance(world, "Later", hours(48), hours(1), {ServiceId("shop"), ServiceId("db")});
  test::add_maintenance(world, "Now", -hours(1), hours(2), {ServiceId("shop")});
  test::add_maintenance(world, "Secret", hours(1), hours(1), {ServiceId("db")});
  test::add_maintenance(world, "Next year", hours(24 * 90), hours(1), {ServiceId("shop")});
  test::add_maintenance(world, "Over", -hours(3), hours(2), {ServiceId("shop")});
  const auto status = parse_json(render_status(view_of(world), 0));
  ASSERT_TRUE(status);
  EXPECT_EQ((*status)["maintenances"].dump(),
            R"([{"ends_at":"2026-11-20T10:00:12Z","id":"m1","services":["shop"],"starts_at":"2026-11-20T08:00:12Z",)"
            R"("state":"in_progress","title":"Now"},)"
            R"({"ends_at":"2026-11-22T10:00:12Z","id":"m0","services":["shop"],"starts_at":"2026-11-22T09:00:12Z",)"
            R"("state":"scheduled","title":"Later"}])");
}

TEST(PublicView, AServiceUnderMaintenanceIsNeitherUpNorUnknown) {
  SampleWorld world = test::make_world({{"shop", "Shop", "", Verdict::unknown, Reason::refused}});
  world.snapshot.services.edit(0).state.maintenance = true;
  const PublicView view = view_of(world);
  EXPECT_EQ(view.services[0].state, ShownState::maintenance);
  EXPECT_EQ(view.rollup.counts.maintenance, 1);
  EXPECT_EQ(view.rollup.counts.unknown, 0);
  EXPECT_EQ(view.rollup.indicator, Indicator::maintenance);
}

TEST(TruncateRatio, NeverRoundsUp) {
  EXPECT_DOUBLE_EQ(truncate_ratio(0.99999), 0.9999);
  EXPECT_DOUBLE_EQ(truncate_ratio(0.9986), 0.9986);
  EXPECT_DOUBLE_EQ(truncate_ratio(1.0), 1.0);
  EXPECT_DOUBLE_EQ(truncate_ratio(0.0), 0.0);
}

TEST(StatusJson, HasTheContractsShape) {
  SampleWorld world = test::make_world({{"website", "Portfolio site", "Public", Verdict::down, Reason::timeout}});
  world.days[0].uptime = {0.99861, std::nullopt, 0.99999, 1.0};
  const std::string text = render_status(view_of(world), 1);
  EXPECT_EQ(
      text,
      R"({"page":{"name":"Example Cloud","url":"https://status.example.com"},)"
      R"("status":{"indicator":"critical","description":"Major outage","counts":{"up":0,"degraded":0,"down":1,"maintenance":0,"unknown":0}},)"
      R"("updated_at":"2026-11-20T09:00:12Z","publish_interval_s":30,"seq":4711,)"
      R"("services":[{"id":"website","name":"Portfolio site","group":"Public","state":"down","since":"2026-11-20T08:42:12Z",)"
      R"("last_checked_at":"2026-11-20T09:00:08Z","latency_ms":80,"reason":"timeout",)"
      R"("uptime":{"24h":0.9986,"7d":null,"30d":0.9999,"90d":1},"days":[{"date":"2026-11-20","state":"down","uptime":0.9777}]}],)"
      R"("incidents":[{"id":")" +
          test::sample_incident({"website"}, test::sample_now() - std::chrono::minutes(18)).id.value() +
          R"(","service":"website","affects":["website"],"title":"Portfolio site is down","severity":"major","state":"investigating",)"
          R"("started_at":"2026-11-20T08:42:12Z","ended_at":null,"duration_s":null,"reason":"timeout",)"
          R"("updates":[{"at":"2026-11-20T08:42:22Z","state":"investigating","body":"The check failed twice in a row."}]}],)"
          R"("recent_incidents":[],"maintenances":[]})");
}

TEST(StatusJson, S17_IsValidJsonForAnyText) {
  SampleWorld world = test::make_hostile_world();
  auto service = std::make_shared<Service>(*world.snapshot.services[0].service);
  service->name = "line\nbreak \x01 \"quote\" \\ \xff broken";
  world.snapshot.services.edit(0).service = service;
  const auto parsed = parse_json(render_status(view_of(world), 90));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ((*parsed)["services"][0]["name"], "line\nbreak \x01 \"quote\" \\ \ufffd broken");
}

TEST(StatusJson, S23_ShowsNoEvidenceAndNoTargets) {
  const std::string text = render_status(view_of(test::make_world(6)), 90);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("secret")));
}

}  // namespace
}  // namespace allclear::api
