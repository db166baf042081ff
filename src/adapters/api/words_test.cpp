#include "adapters/api/words.h"

#include <set>

#include <gtest/gtest.h>

#include "adapters/api/page_parts.h"
#include "core/rules/rollup.h"
#include "tests/support/site_fixture.h"

namespace allclear::api {
namespace {

using test::every_language;

std::set<std::string> holes_of(std::string_view text) {
  std::set<std::string> holes;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    EXPECT_NE(close, std::string_view::npos) << text;
    holes.emplace(text.substr(open + 1, close - open - 1));
  }
  return holes;
}

TEST(Words, EveryLanguageIsKnownByItsCode) {
  EXPECT_EQ(parse_language("en"), Language::english);
  EXPECT_EQ(parse_language("de"), Language::german);
  EXPECT_EQ(parse_language("fr"), Language::french);
  for (const char* unknown : {"", "EN", "e", "en-GB", "es"}) EXPECT_FALSE(parse_language(unknown)) << unknown;
  for (const Language language : every_language) {
    // For browsers: with the region whose dates the catalogue writes.
    EXPECT_TRUE(Words(language)["language"].starts_with(catalogue::languages[static_cast<std::size_t>(language)]));
  }
}

TEST(Words, EveryLanguageFillsTheSameHoles) {
  for (std::size_t i = 0; i < catalogue::keys.size(); ++i) {
    const auto expected = holes_of(catalogue::texts[0][i]);
    for (const auto& texts : catalogue::texts) {
      EXPECT_EQ(holes_of(texts[i]), expected) << catalogue::keys[i] << ": " << texts[i];
      EXPECT_FALSE(texts[i].empty()) << catalogue::keys[i];
    }
  }
}

// The page is HTML and its words are put into it as they are.
TEST(Words, AreNoMarkup) {
  for (const auto& texts : catalogue::texts) {
    for (const std::string_view text : texts) EXPECT_EQ(text.find_first_of("<>&\"'"), std::string_view::npos) << text;
  }
}

TEST(Words, FillTakesAHoleAsOftenAsItStandsAndNothingElse) {
  const Words words(Language::english);
  EXPECT_EQ(words.fill("last_known_ago", {{"state", "{span}"}, {"span", "5 min"}}), "Last known 5 min ago: {span}");
  EXPECT_EQ(words.fill("skip", {{"name", "x"}}), "Skip to services");
  EXPECT_EQ(words.count(1, "event_days_one", "event_days_other"), "1 day with events");
  EXPECT_EQ(words.count(0, "event_days_one", "event_days_other"), "0 days with events");
  EXPECT_EQ(words.count(2, "event_days_one", "event_days_other"), "2 days with events");
  EXPECT_EQ(words.number("p95", -3), "p95 -3 ms");
}

TEST(Words, TheReasonsInEnglishAreTheCores) {
  std::set<std::string_view> said;
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(Words(Language::english).reason(reason), describe(reason));
    said.insert(describe(reason));
    for (const Language language : every_language) EXPECT_FALSE(Words(language).reason(reason).empty());
  }
  EXPECT_EQ(said.size(), reason_count) << "a stored entry is recognised by what it says";
}

TEST(Words, TheBannerInEnglishIsTheRollUps) {
  const Words words(Language::english);
  for (const auto& [states, expected] : {std::pair{std::vector{ShownState::up}, Indicator::none},
                                         {std::vector{ShownState::up, ShownState::degraded}, Indicator::minor},
                                         {std::vector{ShownState::up, ShownState::down}, Indicator::major},
                                         {std::vector{ShownState::down}, Indicator::critical},
                                         {std::vector{ShownState::maintenance}, Indicator::maintenance},
                                         {std::vector{ShownState::unknown}, Indicator::unknown}}) {
    const Rollup rollup = roll_up(states);
    EXPECT_EQ(rollup.indicator, expected);
    EXPECT_EQ(indicator_text(words, expected), rollup.description);
  }
}

TEST(Words, ASpanInEnglishIsWhatTheCoreWrites) {
  const Words words(Language::english);
  for (const std::int64_t length :
       {-1LL,    0LL,     1LL,     59LL,    60LL,     61LL,     119LL,    599LL,     600LL,       601LL,
        3'599LL, 3'600LL, 3'660LL, 7'199LL, 86'399LL, 86'400LL, 90'000LL, 172'799LL, 7'776'000LL, 315'360'000LL}) {
    EXPECT_EQ(words.span(seconds(length)), describe_duration(seconds(length))) << length;
    EXPECT_EQ(words.span(seconds(length) + milliseconds(999)), describe_duration(seconds(length) + milliseconds(999)));
  }
}

TEST(Words, ASpanHasTheLanguagesUnits) {
  EXPECT_EQ(Words(Language::english).span(std::chrono::hours(51)), "2 d 3 h");
  EXPECT_EQ(Words(Language::german).span(std::chrono::hours(51)), "2 d 3 h");
  EXPECT_EQ(Words(Language::french).span(std::chrono::hours(51)), "2 j 3 h");
}

TEST(Words, MonthsAreNamedInEveryLanguage) {
  using namespace std::chrono_literals;
  for (const Language language : every_language) {
    std::set<std::string> months;
    for (unsigned month = 1; month <= 12; ++month) {
      const std::string text =
          month_text(Words(language), std::chrono::sys_days(2026y / std::chrono::month(month) / 1));
      EXPECT_TRUE(text.ends_with(" 2026") && text.size() > 7) << text;
      months.insert(text);
    }
    EXPECT_EQ(months.size(), 12U) << Words(language)["months"];
  }
  const std::chrono::sys_days day(2027y / 3 / 1);
  EXPECT_EQ(day_text(Words(Language::english), day), "1 Mar 2027");
  EXPECT_EQ(day_text(Words(Language::german), day), "1. M\u00e4rz 2027");
  EXPECT_EQ(day_text(Words(Language::french), day), "1 mars 2027");
  EXPECT_EQ(day_text(Words(Language::german), std::chrono::sys_days(2026y / 12 / 31)), "31. Dez. 2026");
}

}  // namespace
}  // namespace allclear::api
