#include "base/pattern.h"

#include <gtest/gtest.h>

namespace allclear {
namespace {

TEST(Pattern, MatchesAnywhere) {
  const auto pattern = Pattern::compile("wel+come");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->found_in("you are wellcome here"));
  EXPECT_FALSE(pattern->found_in("goodbye"));
  EXPECT_EQ(pattern->expression(), "wel+come");
}

TEST(Pattern, S13_RefusesBrokenAndHugeExpressions) {
  EXPECT_FALSE(Pattern::compile("("));
  EXPECT_FALSE(Pattern::compile("((a{1,1000}){1,1000})"));
}

TEST(Pattern, S13_IsLinearOnHostileText) {
  const auto pattern = Pattern::compile("(a*)*b");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->found_in(std::string(1 << 20, 'a')));
}

}  // namespace
}  // namespace allclear
