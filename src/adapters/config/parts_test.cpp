// Parts of the contract that are not built yet: accepted, checked, and said to have no effect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::complaints;
using testing_support::loaded;

constexpr std::string_view every_part = R"(
store: {dynamodb: {table: allclear, region: eu-west-1, endpoint: "http://127.0.0.1:8000"}}
server: {probe: {from: [10.0.0.0/8], targets: [0.0.0.0/0]}}
defaults: {flapping: {over: 20, high: 30%, low: 25%}}
services:
  - {id: backup, heartbeat: {every: 1d, grace: 1h, token_file: token}, flapping: off}
  - {id: resize, cloudwatch: {namespace: AWS/Lambda, dimensions: {FunctionName: resize}, region: eu-west-1,
     expect: {error_rate: 1%, p95_duration: 2s, throttles: 0}}}
hosts:
  defaults: {cpu: {degraded: 80%, down: 95%, for: 5m}, disk: {full_within: 3d}, missing_after: 60s}
channels:
  ops: {email: {to: [ops@example.com], from: allclear@example.com, smtp: "smtps://user:hunter22@mail.example.com"}}
  aws: {sns: {topic: "arn:aws:sns:eu-west-1:1:t"}}
  chat: {slack: {url_file: /nowhere/slack}}
  pager: {pagerduty: {routing_key: 0123456789}, only: [down], after: 10m, remind: 4h, fallback: ops}
  hook: {webhook: {url: https://example.com/hook, secret: whsec_1234}}
blindness: {anchors: ["tcp://192.0.2.1:53", gateway, resolvers], ping: "https://deadman.example.com/xyz"}
grouping: {threshold: 10, within: 60s, every: 5m}
maintenance: [{title: Upgrade, services: [backup], start: 2026-12-01T02:00, zone: Europe/Berlin, lasts: 1h, every: week}]
remedies: [{service: backup, when: down, run: [/usr/local/sbin/restart], timeout: 30s}]
)";

TEST(Parts, EveryPartOfTheContractIsAcceptedWithAWarning) {
  const ConfigFile config = loaded(every_part);
  for (const char* part :
       {"store.dynamodb", "server.probe", "defaults.flapping", "services[backup].heartbeat",
        "services[resize].cloudwatch", "hosts", "channels.ops.email", "channels.aws.sns", "channels.chat.slack",
        "channels.chat.slack.url_file", "channels.pager.pagerduty", "channels.pager.only", "channels.pager.after",
        "channels.pager.remind", "channels.pager.fallback", "blindness", "grouping", "maintenance", "remedies"}) {
    EXPECT_THAT(config.warnings, Contains(HasSubstr(std::string("warning: ") + part + ": "))) << part;
  }
  EXPECT_EQ(config.warnings.size(), 19U) << ::testing::PrintToString(config.warnings);
  std::vector<std::string> names;
  for (const Channel& channel : config.channels) names.push_back(channel.id.value());
  EXPECT_THAT(names, ElementsAre("ops", "aws", "chat", "pager", "hook"));
  EXPECT_EQ(std::get<WebhookChannel>(config.channels[4].kind).url, "https://example.com/hook");
  EXPECT_EQ(std::get<WebhookChannel>(config.channels[4].kind).secret, "whsec_1234");
  EXPECT_THAT(config.secrets, Contains("whsec_1234"));
}

TEST(Parts, LaterKindsOfChecksAreUnsupportedTargets) {
  const ConfigFile config = loaded(every_part);
  ASSERT_EQ(config.catalogue->services.size(), 2U);
  EXPECT_EQ(kind_of(config.catalogue->services[0]->checks.at(0)->target), "heartbeat");
  EXPECT_EQ(kind_of(config.catalogue->services[1]->checks.at(0)->target), "cloudwatch");
  EXPECT_EQ(config.catalogue->services[0]->checks.at(0)->id.value(), "backup");
  EXPECT_EQ(config.catalogue->services[0]->alerts->size(), 5U);
}

TEST(Parts, S7_SecretsOfChannelsAreMasked) {
  EXPECT_THAT(loaded(every_part).secrets, ElementsAre("0123456789", "hunter22", "whsec_1234"));
}

struct Mistake {
  std::string text;
  std::string expected;
};

TEST(Parts, MistakesInThemAreStillTold) {
  const std::vector<Mistake> mistakes = {
      {"channels: {ops: {mail: {to: [a@b]}}}", "channels.ops: unknown key \"mail\"; did you mean \"email\"?"},
      {"channels: {ops: {}}", "channels.ops: expected one of: email, sns, slack, pagerduty, webhook"},
      {"channels: {Ops: {sns: {topic: 'arn:x'}}}", "expected a name of a-z, 0-9 and '-'"},
      {"channels: {ops: {email: {to: [nobody]}}}", "channels.ops.email.to: expected a mail address, found \"nobody\""},
      {"channels: {ops: {email: {to: ['a@b.example'], smtp: mail}}}", "channels.ops.email.smtp: expected smtp://"},
      {"channels: {ops: {sns: {topic: x}}}", "channels.ops.sns.topic: expected arn:aws:sns"},
      {"channels: {ops: {slack: {}}}", "channels.ops.slack.url: missing"},
      {"channels: {ops: {slack: {url: x, url_file: y}}}", "write url or url_file, not both"},
      {"channels: {ops: {webhook: {url: ftp://x}}}", "channels.ops.webhook.url: expected https"},
      {"channels: {ops: {webhook: {}}}", "channels.ops.webhook.url: missing"},
      {"channels: {ops: {sns: {topic: 'arn:x'}, only: [up]}}", "channels.ops.only: expected down or degraded"},
      {"channels: {ops: {sns: {topic: 'arn:x'}, fallback: x}}",
       "channels.ops.fallback: expected the name of another channel"},
      {"hosts: {defaults: {cpu: {degraded: 80, down: 95%}}}",
       "hosts.defaults.cpu.degraded: expected a share from 0% to 100%"},
      {"hosts: {defaults: {cpu: {degraded: 99%, down: 95%}}}",
       "hosts.defaults.cpu.degraded: expected at most the share of down"},
      {"hosts: {defaults: {gpu: {}}}", "hosts.defaults: unknown key \"gpu\"; did you mean \"cpu\"?"},
      {"blindness: {anchors: [nonsense]}", "blindness.anchors: expected a url, gateway or resolvers"},
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

}  // namespace
}  // namespace allclear::config
