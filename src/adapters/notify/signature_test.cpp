#include "adapters/notify/signature.h"

#include <gtest/gtest.h>

#include "net/base64.h"

namespace allclear::notify {
namespace {

WallTime at(std::int64_t unix_s) { return WallTime(std::chrono::seconds(unix_s)); }

// The expected value is what `openssl dgst -sha256 -mac HMAC` makes of the same key and text.
TEST(Signature, S14_SignsIdTimestampAndBody) {
  const std::string signature =
      sign("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "key-1", at(1'700'000'000), R"({"a":1})");
  EXPECT_EQ(signature, "v1,4SLtxKx/HKaIA9PTX6XhsnOCZzdJBd0GZQ5nGqTbgY8=");
  EXPECT_EQ(sign("0123456789abcdef0123456789abcdef", "key-1", at(1'700'000'000), R"({"a":1})"), signature)
      << "a secret without the prefix is the key itself";
}

TEST(Signature, S14_EveryPartCounts) {
  const std::string signature = sign("secret", "key-1", at(1'700'000'000), "{}");
  EXPECT_NE(sign("Secret", "key-1", at(1'700'000'000), "{}"), signature);
  EXPECT_NE(sign("secret", "key-2", at(1'700'000'000), "{}"), signature);
  EXPECT_NE(sign("secret", "key-1", at(1'700'000'001), "{}"), signature);
  EXPECT_NE(sign("secret", "key-1", at(1'700'000'000), "{} "), signature);
  EXPECT_EQ(unix_seconds(WallTime(milliseconds(1'999))), "1");
}

TEST(Base64, ReadsWhatItWrites) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(net::from_base64(net::base64(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
  EXPECT_EQ(net::from_base64("YQ"), "a") << "without padding";
  for (const char* wrong : {"a", "YQ!=", "Y Q=", "-_-_"}) EXPECT_EQ(net::from_base64(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace allclear::notify
