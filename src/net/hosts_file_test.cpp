// The hosts file while it cannot be read.
#include "net/hosts_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/no_descriptors.h"

namespace allclear::net {
namespace {

class Hosts : public testing::Test {
 protected:
  Hosts() : path_(std::filesystem::path(testing::TempDir()) / "hosts") { std::ofstream(path_) << "192.0.2.1 shop\n"; }
  ~Hosts() override { std::filesystem::remove(path_); }
  std::filesystem::path path_;
};

TEST_F(Hosts, R13_WithoutDescriptorsNothingIsSaidAndThenItIsReadAtOnce) {
  HostsFile hosts(path_);
  {
    const test::NoDescriptors none;
    EXPECT_EQ(hosts.find("shop"), nullptr);
    EXPECT_FALSE(hosts.is_known()) << "else the name would count as not existing";
  }
  ASSERT_NE(hosts.find("shop"), nullptr);
  EXPECT_TRUE(hosts.is_known());
}

TEST_F(Hosts, WithoutAFileThereIsLocalhostOnly) {
  HostsFile hosts(path_.string() + "-none");
  EXPECT_EQ(hosts.find("shop"), nullptr);
  EXPECT_TRUE(hosts.is_known());
  EXPECT_NE(hosts.find("www.localhost"), nullptr);
}

}  // namespace
}  // namespace allclear::net
