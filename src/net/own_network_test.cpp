#include "net/own_network.h"

#include <gtest/gtest.h>

namespace allclear::net {
namespace {

using Words = std::vector<std::string>;

TEST(OwnNetwork, GatewaysAreThoseOfDefaultRoutes) {
  constexpr auto table =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
      "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
  EXPECT_EQ(parse_gateways(table), Words{"192.168.2.1"});
  EXPECT_EQ(parse_gateways(""), Words{});
  EXPECT_EQ(parse_gateways("eth0 00000000 nonsense 3\neth0 00000000"), Words{});
}

TEST(OwnNetwork, NameServersAreThoseOfResolvConf) {
  constexpr auto text =
      "# by hand\nsearch example.com\nnameserver 192.0.2.53\nnameserver  2001:db8::53 \n nameserver fe80::1%eth0\n"
      "nameserver 192.0.2.53\nnameserver\noptions edns0";
  EXPECT_EQ(parse_name_servers(text), (Words{"192.0.2.53", "2001:db8::53", "fe80::1"}));
}

}  // namespace
}  // namespace allclear::net
