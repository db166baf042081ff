#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::complaints;
using testing_support::loaded;

constexpr std::string_view two_channels =
    "channels:\n"
    "  ops: {webhook: {url: 'https://example.com/hook'}}\n"
    "  pager: {email: {to: a@b.example, from: c@d.example, smtp: 'smtp://mail.example'}, only: [down], fallback: "
    "ops}\n";

std::vector<std::string> alerts_of(const std::string& text) {
  const auto config = loaded(std::string(two_channels) + text);
  std::vector<std::string> names;
  for (const ChannelId& channel : *config.catalogue->services.at(0)->alerts) names.push_back(channel.value());
  return names;
}

TEST(Services, WordsOfAService) {
  const auto config = loaded(
      "services:\n"
      "  - {id: a, name: Portfolio site, group: Public, visibility: internal, enabled: false, severity: critical, "
      "reopen: 5m,\n"
      "     alerts_on_first: true, depends_on: [b], url: 'https://a.example/'}\n"
      "  - {id: b, url: 'https://b.example/'}\n");
  ASSERT_EQ(config.catalogue->services.size(), 2U);
  const Service& service = *config.catalogue->services[0];
  EXPECT_EQ(service.name.value(), "Portfolio site");
  EXPECT_EQ(service.group.value(), "Public");
  EXPECT_EQ(service.visibility, Visibility::internal);
  EXPECT_FALSE(service.enabled);
  EXPECT_TRUE(service.checks.at(0)->enabled);
  EXPECT_EQ(service.severity, Severity::critical);
  EXPECT_EQ(service.reopen, std::chrono::minutes(5));
  EXPECT_TRUE(service.alerts_on_first);
  EXPECT_THAT(*service.depends_on, ElementsAre(ServiceId("b")));
  EXPECT_EQ(config.catalogue->services[1]->name, "b");
  EXPECT_EQ(config.catalogue->services[1]->visibility, Visibility::open);
}

TEST(Services, ACheckInheritsFromItsServiceAndThatFromDefaults) {
  const auto config = loaded(
      "defaults: {interval: 20s, timeout: 2s, confirm: {down: 5, up: 4, retry: 3s}, reopen: 1m}\n"
      "services:\n"
      "  - id: a\n"
      "    interval: 30s\n"
      "    confirm: {down: 7}\n"
      "    checks:\n"
      "      - {id: one, url: 'https://a.example/'}\n"
      "      - {id: two, url: 'https://a.example/', interval: 40s, confirm: {up: 9}, enabled: false}\n");
  const Service& service = *config.catalogue->services.at(0);
  ASSERT_EQ(service.checks.size(), 2U);
  EXPECT_EQ(service.reopen, std::chrono::minutes(1));
  EXPECT_EQ(service.checks[0]->interval, seconds(30));
  EXPECT_EQ(service.checks[0]->timeout, seconds(2));
  EXPECT_EQ(service.checks[0]->confirm, (ConfirmPolicy{7, 4, seconds(3)}));
  EXPECT_EQ(service.checks[1]->interval, seconds(40));
  EXPECT_EQ(service.checks[1]->confirm, (ConfirmPolicy{7, 9, seconds(3)}));
  EXPECT_FALSE(service.checks[1]->enabled);
  EXPECT_EQ(service.checks[1]->id.value(), "two");
}

TEST(Services, AlertsAreTheServicesOwnOrTheDefaultsOrEveryChannel) {
  EXPECT_THAT(alerts_of("services: [{id: a, url: 'https://a.example/'}]"), ElementsAre("ops", "pager"));
  EXPECT_THAT(alerts_of("defaults: {alerts: [pager]}\nservices: [{id: a, url: 'https://a.example/'}]"),
              ElementsAre("pager"));
  EXPECT_THAT(alerts_of("defaults: {alerts: [pager]}\nservices: [{id: a, url: 'https://a.example/', alerts: [ops, "
                        "'mailto:me@example.com']}]"),
              ElementsAre("ops", "mailto:me@example.com"));
  EXPECT_THAT(alerts_of("services: [{id: a, url: 'https://a.example/', alerts: []}]"), IsEmpty());
}

TEST(Services, AnUnknownChannelIsAMistake) {
  EXPECT_THAT(
      complaints(std::string(two_channels) +
                 "services: [{id: a, url: 'https://a.example/', alerts: [opps, 'mailto:nobody']}]"),
      ::testing::IsSupersetOf(
          {HasSubstr(
               "f:4:56: services[a].alerts: expected the name of a channel (did you mean \"ops\"?), found \"opps\""),
           HasSubstr("expected the name of a channel or mailto:you@example.com, found \"mailto:nobody\"")}));
}

TEST(Services, DependenciesMustExistAndHaveNoCycle) {
  const auto found = complaints(
      "services:\n"
      "  - {id: web, url: 'https://a.example/', depends_on: [api]}\n"
      "  - {id: api, url: 'https://a.example/', depends_on: [database, cache]}\n"
      "  - {id: database, url: 'https://a.example/', depends_on: [web]}\n"
      "  - {id: cache, url: 'https://a.example/', depends_on: [cache]}\n"
      "  - {id: outside, url: 'https://a.example/', depends_on: [web, datbase]}\n");
  EXPECT_THAT(
      found,
      ElementsAre(
          HasSubstr("f:2:55: services[web].depends_on: a cycle: web -> api -> database -> web"),
          HasSubstr("f:5:57: services[cache].depends_on: a cycle: cache -> cache"),
          HasSubstr("services[outside].depends_on: there is no service \"datbase\"; did you mean \"database\"?")));
}

TEST(Services, ALongChainOfDependenciesIsFine) {
  std::string text = "services:\n  - {id: s0, url: 'http://a/'}\n";
  for (int i = 1; i < 20'000; ++i) {
    text += "  - {id: s" + std::to_string(i) + ", url: 'http://a/', depends_on: [s" + std::to_string(i - 1) + "]}\n";
  }
  EXPECT_EQ(loaded(text).catalogue->services.size(), 20'000U);
}

TEST(Services, IdsAreUniqueAmongServicesAndAmongChecks) {
  EXPECT_THAT(
      complaints("services:\n"
                 "  - {id: a, url: 'https://a.example/'}\n"
                 "  - {id: b, checks: [{id: x, url: 'https://a.example/'}, {id: x, url: 'https://a.example/'}]}\n"
                 "  - {id: a, url: 'https://a.example/'}\n"
                 "  - {id: monitor, url: 'https://a.example/'}\n"),
      ElementsAre("f:3:63: services[b].checks[x].id: \"x\" is used already on line 3",
                  "f:4:10: services[a].id: \"a\" is used already on line 2",
                  "f:5:10: services[monitor].id: \"monitor\" is reserved for the monitor's own faults"));
}

TEST(Services, TheOnlyCheckOfAListMayGoWithoutAnId) {
  const auto config = loaded("services: [{id: a, checks: [{url: 'https://a.example/'}]}]");
  EXPECT_EQ(config.catalogue->services.at(0)->checks.at(0)->id.value(), "a");
  EXPECT_THAT(
      complaints("services: [{id: a, checks: [{url: 'https://a.example/'}, {id: b, url: 'https://a.example/'}]}]"),
      ElementsAre(HasSubstr("services[a].checks[0].id: missing; expected a name")));
}

TEST(Services, AServiceIsOneOfUrlChecksHeartbeatOrCloudwatch) {
  EXPECT_THAT(complaints("services: [{id: a}]"),
              ElementsAre(HasSubstr("services[a].url: missing; expected url, checks, heartbeat or cloudwatch")));
  EXPECT_THAT(complaints("services: [{id: a, checks: []}]"),
              ElementsAre("f:1:28: services[a].checks: expected at least one check"));
  EXPECT_THAT(complaints("services: [{id: a, checks: }]"),
              ElementsAre("f:1:20: services[a].checks: expected a list of checks, found nothing"));
  EXPECT_THAT(complaints("services: [{id: a, url: 'https://a.example/', checks: []}]"),
              ElementsAre(HasSubstr("services[a]: write url or checks, not both")));
  EXPECT_THAT(complaints("services: [{id: a, method: GET, checks: [{url: 'https://a.example/'}]}]"),
              ElementsAre(HasSubstr("services[a].method: belongs into one of the checks")));
  EXPECT_THAT(complaints("services: [{id: a, timeout: 1s, heartbeat: {every: 1d}}]"),
              ::testing::Contains(HasSubstr("services[a].timeout: does not go with heartbeat")));
}

TEST(Services, TenThousandAreLoadedWhole) {
  std::string text = "services:\n";
  for (int i = 0; i < 10'000; ++i) {
    const std::string number = std::to_string(i);
    text += "  - {id: s" + number + ", name: Service " + number + ", url: 'https://h" + number +
            ".example/', expect: {latency: 1s}}\n";
  }
  const auto config = loaded(text);
  ASSERT_EQ(config.catalogue->services.size(), 10'000U);
  EXPECT_EQ(config.catalogue->services.back()->name, "Service 9999");
}

TEST(Services, FlappingIsInheritedKeyByKey) {
  const ConfigFile config = loaded(
      "defaults: {flapping: {over: 30, high: 40%}}\n"
      "services:\n"
      "  - {id: a, url: 'http://a.example/'}\n"
      "  - {id: b, url: 'http://b.example/', flapping: {low: 10%}}\n"
      "  - {id: c, url: 'http://c.example/', flapping: off}\n"
      "  - {id: d, flapping: {high: 50%}, checks: [{id: e, url: 'http://d.example/'}]}\n");
  const auto flapping = [&](std::size_t service) {
    return config.catalogue->services[service]->checks[0]->confirm.flapping;
  };
  EXPECT_EQ(flapping(0), (FlapPolicy{30, 40, 25}));
  EXPECT_EQ(flapping(1), (FlapPolicy{30, 40, 10}));
  EXPECT_EQ(flapping(2).over, 0);
  EXPECT_EQ(flapping(3), (FlapPolicy{30, 50, 25}));
}

}  // namespace
}  // namespace allclear::config
