#include "apps/allclear/anchors.h"

#include <gtest/gtest.h>

#include "adapters/config/load.h"

namespace allclear::app {
namespace {

using Words = std::vector<std::string>;

std::shared_ptr<const Catalogue> anchored(const std::string& text, const Surroundings& around) {
  const auto outcome = config::load_text(text, "f", [](std::string_view) { return std::optional<std::string>(); });
  EXPECT_TRUE(outcome.config) << text;
  return outcome.config ? with_anchors(*outcome.config, around) : nullptr;
}

Words anchors_of(const std::string& text, const Surroundings& around = {{"192.0.2.1"}, {"192.0.2.53", "127.0.0.53"}}) {
  Words words;
  const auto catalogue = anchored(text, around);
  for (const auto& service : catalogue->services) {
    if (service->id != monitor_service()) continue;
    for (const auto& check : service->checks) words.push_back(describe(check->target));
  }
  return words;
}

constexpr auto two_services =
    "services: [{id: a, url: 'https://a.example/'}, {id: b, url: 'tcp://b.example:5432'}, {id: c, url: "
    "'https://c.example/'}]\n";

TEST(Anchors, R11_UsuallyTheGatewayTheResolversAndTwoNames) {
  EXPECT_EQ(anchors_of(two_services), (Words{"icmp://192.0.2.1", "dns://192.0.2.53/example.com?type=NS",
                                             "dns://a.example?type=A", "dns://b.example?type=A"}));
}

TEST(Anchors, R11_FewerThanThreeAreNone) {
  EXPECT_EQ(anchors_of("services: [{id: a, url: 'https://a.example/'}]", {{"192.0.2.1"}, {}}), Words{});
  EXPECT_EQ(anchors_of(std::string("blindness: {anchors: []}\n") + two_services), Words{});
}

TEST(Anchors, R11_ServicesOnThisMachineNeedNone) {
  EXPECT_EQ(anchors_of("services: [{id: a, url: 'http://127.0.0.1:1/'}, {id: b, url: 'http://localhost/'}]"), Words{});
}

TEST(Anchors, WrittenOnesAreThoseAndTheSameOneCountsOnce) {
  EXPECT_EQ(anchors_of(std::string("blindness: {anchors: ['tcp://192.0.2.9:53', 'tcp://192.0.2.9:53', gateway, "
                                   "'icmp://192.0.2.1', 'https://x.example/']}\n") +
                       two_services),
            (Words{"tcp://192.0.2.9:53", "icmp://192.0.2.1", "https://x.example/"}));
}

TEST(Anchors, TheMonitorsOwnServiceIsInternalAndTellsTheDefaultChannels) {
  const auto catalogue = anchored(std::string("channels: {ops: {ntfy: {topic: one}}}\n") + two_services,
                                  {{"192.0.2.1"}, {"192.0.2.53"}});
  const Service& own = *catalogue->services.back();
  EXPECT_EQ(own.id, monitor_service());
  EXPECT_EQ(own.visibility, Visibility::internal);
  EXPECT_EQ(*own.alerts, std::vector{ChannelId("ops")});
  EXPECT_TRUE(own.alerts_on_first);
  for (const auto& check : own.checks) EXPECT_EQ(check->confirm.down, 1);
}

}  // namespace
}  // namespace allclear::app
