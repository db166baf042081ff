// Parts of the contract that are not built yet: accepted, checked, and said to have no effect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config::parts_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::complaints;
using testing_support::loaded;

constexpr std::string_view every_part = R"(
store: {dynamodb: {table: allclear, region: eu-west-1, endpoint: "http://127.0.0.1:8000"}}
server: {probe: {from: [10.0.0.0/8], targets: [0.0.0.0/0]}}
defaults: {flapping: {over: 20, high: 30%, low: 25%}}
services:
  - {id: backup, heartbeat: {every: 1d, grace: 1h}, flapping: off}
  - {id: resize, cloudwatch: {namespace: AWS/Lambda, dimensions: {FunctionName: resize}, region: eu-west-1,
     expect: {error_rate: 1%, p95_duration: 2s, throttles: 0}}}
hosts:
  defaults: {cpu: {degraded: 80%, down: 95%, for: 5m}, disk: {full_within: 3d}, missing_after: 60s}
channels:
  aws: {sns: {topic: "arn:aws:sns:eu-west-1:1:t"}}
blindness: {anchors: ["tcp://192.0.2.1:53", gateway, resolvers], ping: "https://deadman.example.com/xyz"}
grouping: {threshold: 10, within: 60s, every: 5m}
maintenance: [{title: Upgrade, services: [backup], start: 2026-12-01T02:00, zone: Europe/Berlin, lasts: 1h, every: week}]
remedies: [{service: backup, when: down, run: [/usr/local/sbin/restart], timeout: 30s}]
)";

TEST(Parts, EveryPartOfTheContractIsAcceptedWithAWarning) {
  const ConfigFile config = loaded(every_part);
  for (const char* part : {"store.dynamodb", "services[resize].cloudwatch", "hosts", "channels.aws.sns", "remedies"}) {
    EXPECT_THAT(config.warnings, Contains(HasSubstr(std::string("warning: ") + part + ": "))) << part;
  }
  EXPECT_EQ(config.warnings.size(), 5U) << ::testing::PrintToString(config.warnings);
}

TEST(Parts, LaterKindsOfChecksAreUnsupportedTargets) {
  const ConfigFile config = loaded(every_part);
  ASSERT_EQ(config.catalogue->services.size(), 2U);
  EXPECT_EQ(kind_of(config.catalogue->services[0]->checks.at(0)->target), "heartbeat");
  EXPECT_EQ(kind_of(config.catalogue->services[1]->checks.at(0)->target), "cloudwatch");
  EXPECT_EQ(config.catalogue->services[0]->checks.at(0)->id.value(), "backup");
  EXPECT_EQ(config.catalogue->services[0]->alerts->size(), 1U);
}

struct Mistake {
  std::string text;
  std::string expected;
};

TEST(Parts, MistakesInThemAreStillTold) {
  const std::vector<Mistake> mistakes = {
      {"hosts: {defaults: {cpu: {degraded: 80, down: 95%}}}",
       "hosts.defaults.cpu.degraded: expected a share from 0% to 100%"},
      {"hosts: {defaults: {cpu: {degraded: 99%, down: 95%}}}",
       "hosts.defaults.cpu.degraded: expected at most the share of down"},
      {"hosts: {defaults: {gpu: {}}}", "hosts.defaults: unknown key \"gpu\"; did you mean \"cpu\"?"},
      {"blindness: {anchors: [nonsense]}", "blindness.anchors: expected a url, gateway or resolvers"},
      {"blindness: {anchors: ['ws://a.example']}", "blindness.anchors: expected a url, gateway or resolvers"},
      {"blindness: {anchors: ['tcp://a.example']}", "blindness.anchors: expected a port"},
      {"blindness: {ping: nonsense}", "blindness.ping: expected https://"},
      {"grouping: {every: 1s}", "grouping.every: expected at least 30s"},
      {"grouping: {threshold: 0}", "grouping.threshold: expected a whole number from 1"},
      {"maintenance: [{title: a, start: tomorrow, lasts: 1h}]", "maintenance[0].start: expected a local time"},
      {"maintenance: [{title: a, start: 2026-12-01T02:00}]", "maintenance[0].lasts: missing"},
      {"maintenance: [{title: a, start: 2026-12-01T02:00, lasts: 1h, services: [b]}]",
       "maintenance[0].services: expected the id of a service"},
      {"remedies: [{service: a, run: [restart]}]", "remedies[0].run: expected an absolute path"},
      {"defaults: {flapping: {high: 20%, low: 30%}}", "defaults.flapping.low: expected less than high"},
      {"services: [{id: a, heartbeat: {grace: 1h}}]", "services[a].heartbeat.every: missing"},
      {"services: [{id: a, cloudwatch: {namespace: x, expect: {error_rate: 1}}}]",
       "services[a].cloudwatch.expect.error_rate: expected a share"},
  };
  for (const Mistake& mistake : mistakes) {
    const std::string services = mistake.text.starts_with("services") ? "" : "\nservices: []";
    EXPECT_THAT(complaints(mistake.text + services),
                Contains(AllOf(HasSubstr(mistake.expected), Not(HasSubstr("warning")))))
        << mistake.text;
  }
}

TEST(Parts, R17_GroupingHasItsDefaults) {
  EXPECT_EQ(loaded("services: []").catalogue->grouping, (GroupingPolicy{10, seconds(60), seconds(300)}));
  EXPECT_EQ(loaded("grouping: {threshold: 3, every: 1m}\nservices: []").catalogue->grouping,
            (GroupingPolicy{3, seconds(60), seconds(60)}));
}

TEST(Parts, AnchorsThatAreWrittenTakeThePlaceOfTheUsualOnes) {
  const Blindness usual = loaded("services: []").blindness;
  EXPECT_TRUE(usual.gateway && usual.resolvers && usual.names && usual.anchors.empty());
  const Blindness written = loaded(every_part).blindness;
  EXPECT_TRUE(written.gateway && written.resolvers && !written.names);
  ASSERT_EQ(written.anchors.size(), 1U);
  EXPECT_EQ(describe(written.anchors[0]), "tcp://192.0.2.1:53");
  const Blindness none = loaded("blindness: {anchors: []}\nservices: []").blindness;
  EXPECT_FALSE(none.gateway || none.resolvers || none.names);
  const ConfigFile few = loaded("blindness: {anchors: [gateway]}\nservices: []");
  EXPECT_THAT(few.warnings, Contains(HasSubstr("blindness.anchors: fewer than three: nothing is ever held back")));
}

TEST(Parts, OwnFaultsAreToldToTheDefaultChannelsOrToAll) {
  const std::string channels = "channels: {a: {ntfy: {topic: one}}, b: {ntfy: {topic: two}}}\n";
  EXPECT_EQ(*loaded(channels + "services: []").catalogue->own_alerts, (std::vector{ChannelId("a"), ChannelId("b")}));
  EXPECT_EQ(*loaded(channels + "defaults: {alerts: [b]}\nservices: []").catalogue->own_alerts,
            std::vector{ChannelId("b")});
}

}  // namespace
}  // namespace allclear::config::parts_test
