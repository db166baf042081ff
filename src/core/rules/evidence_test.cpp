#include "core/rules/evidence.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"

namespace allclear {
namespace {

TEST(Evidence, KeepsPlainTextAndUtf8) {
  EXPECT_EQ(clip_evidence("status 503, expected 200-299"), "status 503, expected 200-299");
  EXPECT_EQ(clip_evidence("Grüße, 日本, 🙂"), "Grüße, 日本, 🙂");
  EXPECT_EQ(clip_evidence(""), "");
}

TEST(Evidence, ReplacesControlCharacters) {
  EXPECT_EQ(clip_evidence("a\r\nb\tc\x7f"), "a  b c ");
  EXPECT_EQ(clip_evidence("a\xc2\x85z"), "a z");  // NEL, a C1 control
}

TEST(Evidence, ReplacesWhatIsNotUtf8) {
  const std::string broken[] = {"\x80",
                                "\xc0\xaf",
                                "\xe0\x80\xaf",
                                "\xed\xa0\x80",
                                "\xf0\x80\x80\xaf",
                                "\xf4\x90\x80\x80",
                                "\xf5\x80\x80\x80",
                                "\xe2\x82",
                                "\xff",
                                "\xc3("};
  for (const std::string& text : broken) {
    const std::string clean = clip_evidence(text);
    EXPECT_EQ(clean.front(), '?') << clean;
    EXPECT_TRUE(parse_json(Json(clean).dump()).has_value()) << clean;
  }
}

TEST(Evidence, CutsAtAWholeCharacterAndSaysSo) {
  EXPECT_EQ(clip_evidence("abcdefgh", 6), "abc…");
  EXPECT_EQ(clip_evidence("üüüü", 7), "üü…");
  EXPECT_EQ(clip_evidence("abcdef", 6), "abcdef");
  EXPECT_EQ(clip_evidence("abcdef", 2), "");
  EXPECT_LE(clip_evidence(std::string(10'000, 'x')).size(), evidence_limit);
}

RC_GTEST_PROP(EvidenceProperties, IsAlwaysShortValidUtf8, (const std::string& text)) {
  const auto limit = *rc::gen::inRange<std::size_t>(0, 40);
  const std::string clean = clip_evidence(text, limit);
  RC_ASSERT(clean.size() <= limit);
  RC_ASSERT(clip_evidence(clean) == clean);
  const Json quoted = clean;
  RC_ASSERT(parse_json(quoted.dump()).has_value());
}

}  // namespace
}  // namespace allclear
