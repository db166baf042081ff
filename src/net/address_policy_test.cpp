#include "net/address_policy.h"

#include <gtest/gtest.h>

namespace allclear::net {
namespace {

AddressScope scope(const char* text) { return scope_of(boost::asio::ip::make_address(text)); }
AddressRange range(const char* text) { return *AddressRange::parse(text); }

TEST(AddressPolicy, S6_SomeAddressesAreNeverAllowedHoweverTheyAreWritten) {
  for (const char* text : {"169.254.169.254",   "169.254.0.1",       "0.0.0.0",
                           "0.1.2.3",           "224.0.0.1",         "239.255.255.255",
                           "255.255.255.255",   "240.0.0.1",         "100.100.100.200",
                           "192.0.0.192",       "168.63.129.16",     "::",
                           "fe80::1",           "febf::1",           "ff02::1",
                           "fd00:ec2::254",     "fd20:ce::254",      "::ffff:169.254.169.254",
                           "::ffff:0.0.0.0",    "::169.254.169.254", "64:ff9b::a9fe:a9fe",
                           "2002:a9fe:a9fe::1", "2002:e000:0001::",  "2001:0:4136:e378:8000:63bf:3fff:fdd2"}) {
    EXPECT_EQ(scope(text), AddressScope::never_allowed) << text;
  }
}

TEST(AddressPolicy, S6_InternalAddressesAreKnownBehindEveryWrapping) {
  for (const char* text : {"127.0.0.1", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                           "100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fdff::1", "::ffff:10.0.0.1",
                           "64:ff9b::7f00:1", "2002:0a00:0001::", "64:ff9b:1::a00:1", "198.18.0.1"}) {
    EXPECT_EQ(scope(text), AddressScope::internal) << text;
  }
}

TEST(AddressPolicy, S6_TheLocalNat64PrefixHidesNoForbiddenAddress) {
  EXPECT_EQ(scope("64:ff9b:1::a9fe:a9fe"), AddressScope::never_allowed);     // 169.254.169.254
  EXPECT_EQ(scope("64:ff9b:1:ab::6464:64c8"), AddressScope::never_allowed);  // 100.100.100.200
  EXPECT_EQ(scope("64:ff9b:1::e000:1"), AddressScope::never_allowed);        // 224.0.0.1
  EXPECT_EQ(scope("64:ff9b:1::808:808"), AddressScope::internal);            // the prefix itself is local
  EXPECT_EQ(scope("64:ff9b:1:ffff::7f00:1"), AddressScope::internal);
}

TEST(AddressPolicy, PublicAddressesAreOpen) {
  for (const char* text :
       {"1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
        "2606:4700::1111", "64:ff9b::101:101", "2002:0101:0101::", "::ffff:8.8.8.8"}) {
    EXPECT_EQ(scope(text), AddressScope::open) << text;
  }
}

TEST(AddressPolicy, S6_OnlyListedInternalAddressesWhereThatIsAsked) {
  const AddressPolicy policy(InternalAddresses::only_listed, {range("10.1.0.0/16"), range("169.254.0.0/16")});
  EXPECT_TRUE(policy.permits(boost::asio::ip::make_address("10.1.2.3")));
  EXPECT_TRUE(policy.permits(boost::asio::ip::make_address("::ffff:10.1.2.3")));
  EXPECT_FALSE(policy.permits(boost::asio::ip::make_address("10.2.0.1")));
  EXPECT_FALSE(policy.permits(boost::asio::ip::make_address("127.0.0.1")));
  EXPECT_FALSE(policy.permits(boost::asio::ip::make_address("169.254.169.254")));  // no list allows that
  EXPECT_TRUE(policy.permits(boost::asio::ip::make_address("8.8.8.8")));
}

struct RedirectCase {
  const char* first_hop;  // that answered
  const char* next;
  bool permitted;
};

TEST(AddressPolicy, S6_WhereTheInternetRedirectsToLiesOnTheInternet) {
  const AddressPolicy of_config(InternalAddresses::allowed);
  const AddressPolicy of_api(InternalAddresses::only_listed, {range("10.9.0.0/16")});
  for (const auto& [first_hop, next, permitted] : std::initializer_list<RedirectCase>{
           {"8.8.8.8", "9.9.9.9", true},
           {"8.8.8.8", "2606:4700::1111", true},
           {"8.8.8.8", "127.0.0.1", false},
           {"8.8.8.8", "10.1.0.1", false},
           {"8.8.8.8", "172.16.0.1", false},
           {"8.8.8.8", "192.168.1.1", false},
           {"8.8.8.8", "100.64.0.1", false},
           {"8.8.8.8", "::1", false},
           {"8.8.8.8", "fd12::1", false},
           {"8.8.8.8", "::ffff:10.1.0.1", false},
           {"8.8.8.8", "64:ff9b::a01:1", false},
           {"8.8.8.8", "2002:0a01:0001::", false},
           {"8.8.8.8", "169.254.169.254", false},
           {"2606:4700::1111", "10.1.0.1", false},
           {"64:ff9b::808:808", "10.1.0.1", false},
           {"::ffff:8.8.8.8", "10.1.0.1", false},
           {"10.9.0.1", "10.9.0.2", true},
           {"10.1.0.1", "8.8.8.8", true},
           {"64:ff9b::a09:1", "10.9.0.1", true},
           {"10.1.0.1", "169.254.169.254", false},
       }) {
    for (const AddressPolicy* policy : {&of_config, &of_api}) {
      const NamedBy named_by = policy->after_first_hop(boost::asio::ip::make_address(first_hop));
      EXPECT_EQ(policy->permits(boost::asio::ip::make_address(next), named_by), permitted)
          << first_hop << " to " << next;
    }
  }
  const auto inside = boost::asio::ip::make_address("192.168.1.1");
  const NamedBy named_by = of_config.after_first_hop(boost::asio::ip::make_address("10.1.0.1"));
  EXPECT_TRUE(of_config.permits(inside, named_by));
  EXPECT_FALSE(of_api.permits(inside, named_by));  // still only what is listed
}

TEST(AddressPolicy, S6_AListedRangeIsTheOperatorsWordForRedirectsToo) {
  const std::vector<AddressRange> listed{range("10.1.0.0/16"), range("2001:db8:1::/48"), range("169.254.0.0/16")};
  struct Case {
    const char* first_hop;
    const char* next;
    bool of_config;
    bool of_api;
  };
  const AddressPolicy of_config(InternalAddresses::allowed, listed);
  const AddressPolicy of_api(InternalAddresses::only_listed, listed);
  for (const auto& [first_hop, next, config_may, api_may] : std::initializer_list<Case>{
           {"8.8.8.8", "10.1.0.1", true, true},
           {"8.8.8.8", "::ffff:10.1.0.1", true, true},
           {"2606:4700::1111", "10.1.255.255", true, true},
           {"8.8.8.8", "10.2.0.1", false, false},
           {"8.8.8.8", "127.0.0.1", false, false},
           {"8.8.8.8", "::1", false, false},
           {"8.8.8.8", "169.254.169.254", false, false},  // no list allows that
           // A host of the internal network with a global IPv6 address.
           {"2001:db8:1::5", "10.1.0.1", true, true},
           {"2001:db8:1::5", "192.168.1.1", true, false},  // what is made over the API reaches what is listed only
           {"2001:db8:1::5", "fd12::1", true, false},
           {"2001:db8:1::5", "8.8.8.8", true, true},
           {"2001:db8:1::5", "169.254.169.254", false, false},
           {"2001:db8:2::5", "192.168.1.1", false, false},
           {"10.1.0.1", "10.2.0.1", true, false},
       }) {
    for (const auto& [policy, permitted] : {std::pair(&of_config, config_may), std::pair(&of_api, api_may)}) {
      const NamedBy named_by = policy->after_first_hop(boost::asio::ip::make_address(first_hop));
      EXPECT_EQ(policy->permits(boost::asio::ip::make_address(next), named_by), permitted)
          << first_hop << " to " << next << (policy == &of_api ? " over the API" : "");
    }
  }
}

TEST(AddressRange, ParsesAndCompares) {
  EXPECT_TRUE(range("0.0.0.0/0").contains(boost::asio::ip::make_address("9.9.9.9")));
  EXPECT_FALSE(range("0.0.0.0/0").contains(boost::asio::ip::make_address("2001:db8::1")));
  EXPECT_TRUE(range("fd00::/8").contains(boost::asio::ip::make_address("fd12::1")));
  EXPECT_TRUE(range("192.0.2.7").contains(boost::asio::ip::make_address("192.0.2.7")));
  EXPECT_FALSE(range("192.0.2.7").contains(boost::asio::ip::make_address("192.0.2.6")));
  EXPECT_TRUE(range("192.0.2.128/25").contains(boost::asio::ip::make_address("192.0.2.255")));
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "fd00::/129", "example.com/8", "10.0.0/8 "}) {
    EXPECT_FALSE(AddressRange::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace allclear::net
