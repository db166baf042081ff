#include "base/hash.h"

#include <gtest/gtest.h>

namespace allclear {
namespace {

TEST(StableHash, IsTheSameInEveryBuild) {
  // XXH3's published value for the empty input, seed 0.
  EXPECT_EQ(stable_hash(""), 0x2d06800538d394c2ULL);
}

TEST(StableKey, KeepsPartsApart) {
  EXPECT_NE(stable_key({"ab", "c"}), stable_key({"a", "bc"}));
  EXPECT_EQ(stable_key({"ab", "c"}), stable_key({"ab", "c"}));
  EXPECT_EQ(stable_key({"x"}).size(), 32u);
}

}  // namespace
}  // namespace allclear
