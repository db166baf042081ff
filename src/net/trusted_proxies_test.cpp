#include "net/trusted_proxies.h"

#include <gtest/gtest.h>

namespace allclear::net {
namespace {

TrustedProxies proxies() { return *TrustedProxies::parse({"10.0.0.0/8", "192.0.2.7", "2001:db8::/33"}); }

TEST(TrustedProxies, KnowsItsRanges) {
  for (const char* inside : {"10.0.0.1", "10.255.255.255", "192.0.2.7", "::ffff:10.1.2.3", "2001:db8:7fff::1"}) {
    EXPECT_TRUE(proxies().contains(inside)) << inside;
  }
  for (const char* outside : {"11.0.0.1", "192.0.2.8", "2001:db8:8000::1", "::1", "nonsense", ""}) {
    EXPECT_FALSE(proxies().contains(outside)) << outside;
  }
}

TEST(TrustedProxies, TakesTheRightmostUntrustedAddress) {
  EXPECT_EQ(proxies().client_address("10.0.0.1", "198.51.100.9"), "198.51.100.9");
  EXPECT_EQ(proxies().client_address("10.0.0.1", "203.0.113.1, 198.51.100.9, 10.2.2.2"), "198.51.100.9");
  EXPECT_EQ(proxies().client_address("10.0.0.1", "1.2.3.4,\t2001:db8:ffff::9 "), "2001:db8:ffff::9");
}

TEST(TrustedProxies, BelievesNobodyElse) {
  EXPECT_EQ(proxies().client_address("198.51.100.1", "1.2.3.4"), "198.51.100.1");
  EXPECT_EQ(TrustedProxies().client_address("10.0.0.1", "1.2.3.4"), "10.0.0.1");
}

TEST(TrustedProxies, StopsAtWhatCannotBeRead) {
  EXPECT_EQ(proxies().client_address("10.0.0.1", ""), "10.0.0.1");
  EXPECT_EQ(proxies().client_address("10.0.0.1", "1.2.3.4, unknown"), "10.0.0.1");
  EXPECT_EQ(proxies().client_address("10.0.0.1", "1.2.3.4, unknown, 10.0.0.2"), "10.0.0.2");
}

TEST(TrustedProxies, NamesTheBadEntry) {
  for (const char* bad : {"10.0.0.0/33", "10.0.0/8", "proxy", "10.0.0.0/", "10.0.0.0/8x", "2001:db8::/129"}) {
    const auto parsed = TrustedProxies::parse({bad});
    ASSERT_FALSE(parsed) << bad;
    EXPECT_NE(parsed.error().message.find(bad), std::string::npos);
  }
}

}  // namespace
}  // namespace allclear::net
