#include "adapters/notify/text.h"

#include <gtest/gtest.h>

namespace allclear::notify {
namespace {

TEST(Text, S17_ALineHoldsNoControlCharacterAndNothingThatHidesOrTurnsText) {
  EXPECT_EQ(one_line("a\r\nBcc: b\tc\x1b[31m\x7f", 100), "a  Bcc: b c [31m");
  EXPECT_EQ(one_line(std::string("a\0b", 3), 100), "a b");
  EXPECT_EQ(one_line("\xff\xc0"
                     "a\xed\xa0\x80",
                     100),
            "\uFFFD\uFFFDa\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(one_line("user\u202Egnp.exe \u2066x\u2069 z\u200Bero\uFEFF so\u00ADft \u2028new\u2029", 100),
            "usergnp.exe x zero soft new");
  EXPECT_EQ(one_line("\u0085next\u009F", 100), "next") << "C1 controls";
  EXPECT_EQ(one_line("a\U000E0041b", 100), "ab") << "tags";
  EXPECT_EQ(one_line("Żółć 日本 نص ✓ é", 100), "Żółć 日本 نص ✓ é") << "what is spelling stays";
}

TEST(Text, WhatIsTooLongIsCutBetweenCharacters) {
  EXPECT_EQ(one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(one_line("abcdefg", 6), "abc…");
  EXPECT_EQ(one_line("ääää", 7), "ää…");
  EXPECT_EQ(one_line(std::string(100'000, 'x'), 200).size(), 200U);
  for (std::size_t limit = 0; limit < 12; ++limit) EXPECT_LE(one_line("日本語日本語", limit).size(), limit);
}

TEST(Text, LinesEndAlikeAndGapsAreOne) {
  EXPECT_EQ(several_lines("a\r\nb\rc\nd", 100), "a\nb\nc\nd");
  EXPECT_EQ(several_lines("\n\n a \r\n\r\n\r\n b\n", 100), "a\n\nb");
  EXPECT_EQ(several_lines("a\x01"
                          "b\u202E",
                          100),
            "a b");
  EXPECT_EQ(several_lines("\r\n \n", 100), "");
}

TEST(Text, S17_EscapesLeaveNothingThatMeansSomething) {
  EXPECT_EQ(escape_angles("<!channel> a & b <http://x|y>", 100), "&lt;!channel&gt; a &amp; b &lt;http://x|y&gt;");
  EXPECT_EQ(escape_html("<a href='x\"'>&", 100), "&lt;a href=&#39;x&quot;&#39;&gt;&amp;");
  EXPECT_EQ(escape_markdown("[x](http://y) **b** @here", 100), "\\[x\\]\\(http\\:\\/\\/y\\) \\*\\*b\\*\\* \\@here");
  EXPECT_EQ(escape_angles("<<<<", 13), "&lt;&lt;…") << "an escape is never cut in two";
  for (std::size_t limit = 0; limit < 20; ++limit) EXPECT_LE(escape_markdown("********", limit).size(), limit);
}

TEST(Text, OnlyAnHttpAddressThatMayStandInQuotesIsALink) {
  EXPECT_EQ(safe_link("https://status.example.com/"), "https://status.example.com/");
  for (const char* unsafe : {"javascript:alert(1)", "https://a/\" onclick=\"x", "https://a/<b>", "https://a b/", "x",
                             "", "https://a/|b", "https://a/\r\nb", "https://user@a/"}) {
    EXPECT_EQ(safe_link(unsafe), "") << unsafe;
  }
  EXPECT_EQ(safe_link("https://a/" + std::string(600, 'x')), "");
}

}  // namespace
}  // namespace allclear::notify
