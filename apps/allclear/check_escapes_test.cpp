#include "apps/allclear/check_escapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::app {
namespace {

TEST(CheckEscapes, BecomeTheirBytes) {
  using namespace std::string_literals;
  EXPECT_EQ(unescape("plain"), "plain");
  EXPECT_EQ(unescape(""), "");
  EXPECT_EQ(unescape(R"(PING\r\n)"), "PING\r\n");
  EXPECT_EQ(unescape(R"(a\tb\\n)"), "a\tb\\n");
  EXPECT_EQ(unescape(R"(\x00\xfF\x41B)"),
            "\0\xff"
            "AB"s);
}

TEST(CheckEscapes, OthersAreNamed) {
  for (const auto& [text, escape] :
       {std::pair{R"(a\qb)", R"("\q")"}, std::pair{R"(end\)", R"("\")"}, std::pair{R"(\x4)", R"("\x4")"},
        std::pair{R"(\xg0)", R"("\xg0")"}, std::pair{R"(\x-1)", R"("\x-1")"}}) {
    const auto bytes = unescape(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_THAT(bytes.error().message, testing::HasSubstr(escape));
  }
}

}  // namespace
}  // namespace allclear::app
