#include "apps/allclear/listen_address.h"

#include <gtest/gtest.h>

namespace allclear::app {
namespace {

TEST(ListenAddress, UnderstandsHostsLiteralsAndAll) {
  const auto plain = parse_listen_address("127.0.0.1:8080");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 8080);
  EXPECT_EQ(parse_listen_address("[::1]:0")->host, "::1");
  EXPECT_EQ(parse_listen_address(":80")->host, "0.0.0.0");
}

TEST(ListenAddress, RefusesTheRestAndSaysWhatWasExpected) {
  for (const char* text : {"", "8080", "nowhere", "::1:80", "h:", "h:x", "h:70000", "h:-1", "h:80x"}) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().message.find("HOST:PORT"), std::string::npos);
  }
}

TEST(PageAddress, IsOneThatABrowserOpens) {
  EXPECT_EQ(page_address("127.0.0.1", 8080, false), "http://127.0.0.1:8080/");
  EXPECT_EQ(page_address("0.0.0.0", 80, false), "http://localhost:80/");
  EXPECT_EQ(page_address("::1", 443, true), "https://[::1]:443/");
}

}  // namespace
}  // namespace allclear::app
