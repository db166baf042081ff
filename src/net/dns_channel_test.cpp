// Whom the resolver asks while the machine's file cannot be read.
#include "net/dns_channel.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "net/awaiting.h"
#include "tests/support/no_descriptors.h"

namespace allclear::net {
namespace {

TEST(DnsChannel, R13_WithoutDescriptorsNoOtherResolverIsTakenForTheMachines) {
  boost::asio::io_context loop;
  const Timer opens_what_the_loop_needs(loop);
  {
    const test::NoDescriptors none;
    const auto made = DnsChannel::make(loop, "");
    ASSERT_FALSE(made) << "it would ask 127.0.0.1 from now on, and every name would be down";
    EXPECT_EQ(made.error().kind, FaultKind::local_fault);
  }
  EXPECT_TRUE(DnsChannel::make(loop, ""));
}

TEST(DnsChannel, SaysWhatAResolverLooksLike) {
  boost::asio::io_context loop;
  const auto made = DnsChannel::make(loop, "no address");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("expected ip or ip:port"), std::string::npos) << made.error().detail;
}

}  // namespace
}  // namespace allclear::net
