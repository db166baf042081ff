#include "base/characters.h"

#include <string>

#include <gtest/gtest.h>

namespace allclear {
namespace {

TEST(Characters, WhatTurnsOrHidesTextIsFound) {
  for (const char* text :
       {"a\xE2\x80\xAA", "a\xE2\x80\xAE", "a\xE2\x81\xA6", "a\xE2\x81\xA9", "a\xD8\x9C", "a\xE2\x81\xA0",
        "a\xE2\x80\x8B", "a\xEF\xBB\xBF", "a\xC2\x85", "a\x1B", "a\x7F", "a\xE2\x80\xA8", "a\xF3\xA0\x80\xA1"}) {
    const auto found = find_unseen(text);
    ASSERT_TRUE(found.has_value()) << text;
    EXPECT_EQ(found->at, 1U);
    EXPECT_EQ(found->at + found->length, std::string_view(text).size());
  }
  EXPECT_EQ(find_unseen("a\xE2\x80\xAE"
                        "b")
                ->character,
            U'\x202E');
}

TEST(Characters, AnyLanguageIsSeen) {
  for (const char* text :
       {"Zahlung \xC3\xBC"
        "ber Br\xC3\xBC"
        "cke",
        "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xE6\x94\xAF\xE6\x89\x95\xE3\x81\x84", "\xF0\x9F\x98\x80", "a\xC3"}) {
    EXPECT_FALSE(find_unseen(text).has_value()) << text;
  }
}

TEST(Characters, JoinersAreSpellingBetweenCharactersBeyondAsciiOnly) {
  EXPECT_FALSE(find_unseen("\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE\xD9\x88").has_value());  // Persian
  EXPECT_FALSE(find_unseen("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB").has_value());  // emoji
  EXPECT_TRUE(find_unseen("pay\xE2\x80\x8Dpal").has_value());
  EXPECT_TRUE(find_unseen("\xE2\x80\x8D\xC3\xA9").has_value());
  EXPECT_TRUE(find_unseen("\xC3\xA9\xE2\x80\x8D").has_value());
  EXPECT_TRUE(find_unseen("\xC3\xA9\xE2\x80\x8D\xE2\x80\x8D\xC3\xA9").has_value());
}

TEST(Characters, MarksOfDirectionAndSoftHyphensAreSpellingBesideWhatIsSeen) {
  for (const char* text : {"\xD7\xA9\xD7\x9C\xE2\x80\x8F (API)",
                           "\xE2\x80\x8E"
                           "API",
                           "API\xE2\x80\x8E",
                           "Donau\xC2\xAD"
                           "dampf"}) {
    EXPECT_FALSE(find_unseen(text).has_value()) << text;
  }
  EXPECT_EQ(find_unseen("\xE2\x80\x8E\xC2\xAD")->character, U'\x200E');                 // nothing is seen
  EXPECT_EQ(find_unseen("pay\xE2\x80\x8E\xE2\x80\x8D\xC3\xA9")->character, U'\x200D');  // joins nothing
  EXPECT_EQ(find_unseen("\xE2\x80\x8E"
                        "a\xE2\x81\xA6"
                        "b")
                ->character,
            U'\x2066');  // still turns
}

TEST(Characters, TagsAreSpellingInAFlagOnly) {
  const std::string flag = "\xF0\x9F\x8F\xB4";
  const std::string tags = "\xF3\xA0\x81\xA7\xF3\xA0\x81\xA2\xF3\xA0\x81\xB3\xF3\xA0\x81\xA3\xF3\xA0\x81\xB4";  // gbsct
  const std::string end = "\xF3\xA0\x81\xBF";
  EXPECT_FALSE(find_unseen(flag + tags + end + " Glasgow").has_value());
  EXPECT_TRUE(find_unseen(std::string(1, 'a') + tags + end).has_value());
  EXPECT_TRUE(find_unseen(flag + "a" + tags).has_value());
  EXPECT_EQ(find_unseen(flag + tags + end + tags)->at, flag.size() + tags.size() + end.size());  // the flag has ended
  EXPECT_TRUE(find_unseen(flag + "\xF3\xA0\x80\x81").has_value());  // U+E0001, the language tag
}

TEST(Characters, ControlsAreThoseOfAsciiAndOfUnicodeButTabs) {
  for (const std::string_view text :
       {std::string_view("a\0b", 3), std::string_view("\n"), std::string_view("\x7F"), std::string_view("\xC2\x80"),
        std::string_view("\xC2\x85"), std::string_view("\xC2\x9F")})
    EXPECT_TRUE(has_control(text));
  for (const char* text : {"", "a\tb", "\xC2\xA0", "\xC3\x85", "\xE2\x80\xA8", "\xC2"})
    EXPECT_FALSE(has_control(text)) << text;
}

TEST(Characters, TextIsTurnedByOverridesIsolatesAndEmbeddingsNotByMarks) {
  for (const char* text : {"\xE2\x80\xAA", "a\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA9"})
    EXPECT_TRUE(turns_text(text));
  for (const char* text : {"", "\xE2\x80\x8F", "\xE2\x80\xA9", "\xE2\x81\xA5", "\xD7\xA9"})
    EXPECT_FALSE(turns_text(text));
}

TEST(Characters, BlankIsWhateverShowsNothingButSpace) {
  for (const char* text :
       {"", " ", "\t\r\n", "\xC2\xA0", "\xC2\x85", "\xE2\x80\x83", "\xE3\x80\x80", "\xE3\x85\xA4", "\xE2\xA0\x80 "})
    EXPECT_TRUE(is_blank(text));
  for (const char* text : {"a", " . ", "\xC3\xA4", "\xFF"}) EXPECT_FALSE(is_blank(text));
}

}  // namespace
}  // namespace allclear
