#include "net/icmp_message.h"

#include <vector>

#include <gtest/gtest.h>

namespace allclear::net {
namespace {

constexpr Echo echo{7, 3, 0x0102030405060708};

std::vector<unsigned char> reply(IcmpVersion version, const Echo& to) {
  const EchoBytes request = echo_request(version, to);
  std::vector<unsigned char> bytes(request.begin(), request.end());
  bytes[0] = version == IcmpVersion::v4 ? 0 : 129;
  return bytes;
}

TEST(IcmpMessage, ARequestHasItsTypeAndAChecksumThatAddsUp) {
  const EchoBytes bytes = echo_request(IcmpVersion::v4, echo);
  EXPECT_EQ(bytes[0], 8);
  unsigned sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) sum += static_cast<unsigned>(bytes[i] << 8 | bytes[i + 1]);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  EXPECT_EQ(sum, 0xFFFFU);
  EXPECT_EQ(echo_request(IcmpVersion::v6, echo)[0], 128);
}

TEST(IcmpMessage, OnlyTheReplyToThisRequestCounts) {
  const auto fits = [](const std::vector<unsigned char>& packet) {
    return is_reply_to(packet, IcmpVersion::v4, EchoFraming::message, echo);
  };
  auto packet = reply(IcmpVersion::v4, echo);
  EXPECT_TRUE(fits(packet));
  EXPECT_FALSE(fits(reply(IcmpVersion::v4, {7, 4, echo.cookie})));
  EXPECT_FALSE(fits(reply(IcmpVersion::v4, {7, 3, 1})));
  packet[0] = 3;  // destination unreachable
  EXPECT_FALSE(fits(packet));
  EXPECT_FALSE(fits({packet.begin(), packet.begin() + 10}));
  EXPECT_FALSE(fits({}));
}

TEST(IcmpMessage, ARawSocketsIpHeaderIsSkipped) {
  std::vector<unsigned char> packet(24, 0);
  packet[0] = 0x46;  // IPv4, six words
  const auto message = reply(IcmpVersion::v4, echo);
  packet.insert(packet.end(), message.begin(), message.end());
  EXPECT_TRUE(is_reply_to(packet, IcmpVersion::v4, EchoFraming::with_ip_header, echo));
  packet[0] = 0x4F;  // longer than the packet
  EXPECT_FALSE(is_reply_to(packet, IcmpVersion::v4, EchoFraming::with_ip_header, echo));
  packet[0] = 0x40;
  EXPECT_FALSE(is_reply_to(packet, IcmpVersion::v4, EchoFraming::with_ip_header, echo));
}

}  // namespace
}  // namespace allclear::net
