#include "adapters/config/keys.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::config {
namespace {

using ::testing::HasSubstr;

TEST(Keys, EveryObjectHasItsTable) {
  for (std::size_t i = 0; i < object_count; ++i) {
    const auto object = static_cast<Object>(i);
    const auto keys = known_keys(object);
    EXPECT_FALSE(keys.empty()) << to_string(object);
    EXPECT_EQ(std::set<std::string_view>(keys.begin(), keys.end()).size(), keys.size()) << to_string(object);
  }
  EXPECT_EQ(to_string(Object::root), "root");
  EXPECT_EQ(to_string(Object::service), "service");
  EXPECT_EQ(to_string(Object::remedy), "remedy");
}

TEST(Keys, AServicesKeysHoldEveryKeyOfItsOnlyCheck) {
  for (const std::string_view key : known_keys(Object::check)) {
    EXPECT_TRUE(is_known(Object::service, key)) << key;
    EXPECT_EQ(belongs_to_check(key), key != "id" && key != "enabled") << key;
  }
  EXPECT_FALSE(belongs_to_check("name"));
  EXPECT_FALSE(belongs_to_check("checks"));
}

TEST(Keys, ASlipOfTheFingersIsRecognised) {
  EXPECT_THAT(explain_unknown(Object::service, "intervall"), HasSubstr("did you mean \"interval\"?"));
  EXPECT_THAT(explain_unknown(Object::service, "itnerval"), HasSubstr("did you mean \"interval\"?"));
  EXPECT_THAT(explain_unknown(Object::service, "timout"), HasSubstr("did you mean \"timeout\"?"));
  EXPECT_THAT(explain_unknown(Object::root, "service"), HasSubstr("did you mean \"services\"?"));
  EXPECT_THAT(explain_unknown(Object::expect, "latencey"), HasSubstr("did you mean \"latency\"?"));
  EXPECT_THAT(explain_unknown(Object::confirm, "zzz"), HasSubstr("expected one of: down, up, retry"));
  EXPECT_EQ(nearest(std::string(1'000, 'a'), known_keys(Object::root)), "");
}

TEST(Keys, NamesOfOtherProgramsAreTranslated) {
  EXPECT_THAT(explain_unknown(Object::service, "api_id"), HasSubstr("it is written id here"));
  EXPECT_THAT(explain_unknown(Object::service, "expected_status_codes"), HasSubstr("it is written expect.status here"));
  EXPECT_THAT(explain_unknown(Object::service, "timeout_ms"),
              HasSubstr("it is written timeout, with its unit (500ms) here"));
  EXPECT_THAT(explain_unknown(Object::service, "check_interval_seconds"), HasSubstr("it is written interval"));
  EXPECT_THAT(explain_unknown(Object::service, "notify_emails"), HasSubstr("mailto:"));
  EXPECT_THAT(explain_unknown(Object::service, "<<"), HasSubstr("merge keys"));
}

}  // namespace
}  // namespace allclear::config
