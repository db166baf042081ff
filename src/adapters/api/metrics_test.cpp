#include "adapters/api/metrics.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_world.h"

namespace allclear::api {
namespace {

using testing::HasSubstr;

TEST(Metrics, TellsThePhasesThatWereReached) {
  const std::string text = render_metrics(test::make_world(3).snapshot);
  const std::string labels = "{service=\"service-0\",check=\"service-0\",location=\"local\"";
  EXPECT_THAT(text, HasSubstr("probe_dns_lookup_time_seconds" + labels + "} 0.0012\n"));
  EXPECT_THAT(text, HasSubstr("probe_http_duration_seconds" + labels + ",phase=\"resolve\"} 0.0012\n"));
  EXPECT_THAT(text, HasSubstr("probe_http_duration_seconds" + labels + ",phase=\"processing\"} 0.07\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("phase=\"tls\"")));
}

TEST(Metrics, NamesWhatBlackboxExporterNames) {
  const std::string text = render_metrics(test::make_world(3).snapshot);
  EXPECT_THAT(text, HasSubstr("probe_success{service=\"service-0\",check=\"service-0\",location=\"local\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "probe_success{service=\"service-1\",check=\"service-1\",location=\"local\"} 1\n"));  // degraded answers
  EXPECT_THAT(text, HasSubstr("probe_success{service=\"service-2\",check=\"service-2\",location=\"local\"} 0\n"));
  EXPECT_THAT(text,
              HasSubstr("probe_duration_seconds{service=\"service-0\",check=\"service-0\",location=\"local\"} 0.08\n"));
  EXPECT_THAT(text,
              HasSubstr("probe_http_status_code{service=\"service-2\",check=\"service-2\",location=\"local\"} 503\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "probe_ssl_earliest_cert_expiry{service=\"service-0\",check=\"service-0\",location=\"local\"} 1798621212\n"));
}

TEST(Metrics, TellsAboutTheMonitor) {
  auto world = test::make_world(5);
  world.snapshot.monitor.config_error = "bad";
  world.snapshot.monitor.probes_started = 42;
  world.snapshot.services.edit(0).state.verdict = Verdict::unknown;
  world.snapshot.services.edit(0).state.maintenance = true;
  world.snapshot.monitor.skipped_overlap = 3;
  world.snapshot.monitor.lateness_p99 = microseconds(12'000);
  const std::string text = render_metrics(world.snapshot);
  EXPECT_THAT(text, HasSubstr("allclear_build_info{version=\""));
  EXPECT_THAT(text, HasSubstr("allclear_services{state=\"up\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("allclear_services{state=\"down\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("allclear_services{state=\"maintenance\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("allclear_services{state=\"unknown\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("allclear_probes_started_total 42\n"));
  EXPECT_THAT(text, HasSubstr("allclear_missed_total{kind=\"overlap\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("allclear_lateness_seconds{quantile=\"0.99\"} 0.012\n"));
  EXPECT_THAT(text, HasSubstr("allclear_config_last_reload_successful 0\n"));
}

TEST(Metrics, R15_TellWhatBecameOfABrokenStore) {
  auto world = test::make_world(1);
  EXPECT_THAT(render_metrics(world.snapshot), HasSubstr("\nallclear_store_recovered_empty 0\n"));
  world.snapshot.monitor.store_opening.recovery = StoreRecovery::started_empty;
  EXPECT_THAT(render_metrics(world.snapshot), HasSubstr("\nallclear_store_recovered_empty 1\n"));
  EXPECT_THAT(render_metrics(world.snapshot), HasSubstr("\nallclear_store_recovered_from_backup 0\n"));
  world.snapshot.monitor.store_opening.recovery = StoreRecovery::restored_backup;
  EXPECT_THAT(render_metrics(world.snapshot), HasSubstr("\nallclear_store_recovered_from_backup 1\n"));
}

// Prometheus refuses a family that is announced twice or whose samples are scattered.
TEST(Metrics, KeepsEachFamilyTogether) {
  const std::string text = render_metrics(test::make_world(7).snapshot);
  std::set<std::string> announced;
  std::string family;
  for (std::size_t at = 0; at < text.size();) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    if (line.rfind("# TYPE ", 0) == 0) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(announced.insert(family).second) << family;
    } else if (line[0] != '#') {
      EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), family);
    }
  }
  EXPECT_GE(announced.size(), 20U);
}

TEST(Metrics, S17_EscapesLabels) { EXPECT_EQ(escape_label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd"); }

TEST(Metrics, LeavesOutWhatHasNoResult) {
  const auto world = test::make_world({{"fresh", "Fresh", "Public", Verdict::unknown, Reason::no_data}});
  EXPECT_THAT(render_metrics(world.snapshot), testing::Not(HasSubstr("fresh")));
}

TEST(Metrics, LeavesOutWhatIsPaused) {
  auto world = test::make_world({{"shop", "Shop", "Public", Verdict::down, Reason::timeout}});
  ASSERT_THAT(render_metrics(world.snapshot), HasSubstr("probe_success{service=\"shop\""));
  const auto asked = world.snapshot.services[0].service;
  auto check = std::make_shared<Check>(*asked->checks[0]);
  check->enabled = false;
  auto service = std::make_shared<Service>(*asked);
  service->checks = {check};
  world.snapshot.services.edit(0).service = service;
  EXPECT_THAT(render_metrics(world.snapshot), testing::Not(HasSubstr("service=\"shop\"")));
  auto paused = std::make_shared<Service>(*asked);
  paused->enabled = false;
  world.snapshot.services.edit(0).service = paused;
  EXPECT_THAT(render_metrics(world.snapshot), testing::Not(HasSubstr("service=\"shop\"")));
}

}  // namespace
}  // namespace allclear::api
