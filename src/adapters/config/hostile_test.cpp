// Hostile files: whatever the bytes are, loading ends with a config or with located diagnostics.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using testing_support::environment_of;

constexpr std::string_view seed_text = R"(page: {name: &n Example, links: [{text: *n, url: blog/}]}
defaults: {interval: 60s, confirm: {down: 2}}
services:
  - id: website
    url: https://example.com/${PATH_PART:-x}
    expect: {status: [200-299, 304], body: {matches: "a+"}, json: [{path: "$.a[0]", equals: [1, null]}]}
    depends_on: [other]
  - {id: other, checks: [{id: a, url: "dns://192.0.2.1/x?type=MX"}, {id: b, url: "tcp://[::1]:1", send: "\r\n"}]}
channels: {ops: {email: {to: [a@example.com]}}}
)";

// What every outcome has, good or bad.
void expect_sound(const LoadOutcome& outcome) {
  const bool wrong = std::any_of(outcome.diagnostics.begin(), outcome.diagnostics.end(),
                                 [](const Diagnostic& one) { return !one.warning; });
  EXPECT_EQ(outcome.config.has_value(), !wrong);
  for (const Diagnostic& one : outcome.diagnostics) {
    EXPECT_GE(one.line, 1);
    EXPECT_GE(one.column, 1);
    EXPECT_FALSE(one.message.empty());
    EXPECT_EQ(one.message.find('\n'), std::string::npos) << one.message;
  }
}

TEST(Hostile, S13_RandomBytesNeverBreakTheLoader) {
  std::mt19937 random(20'261'120);
  for (int round = 0; round < 3'000; ++round) {
    std::string text(random() % 200, ' ');
    for (char& character : text) character = static_cast<char>(random() % 256);
    expect_sound(load_text(text, "f", environment_of({})));
  }
}

TEST(Hostile, S13_MutatedConfigsNeverBreakTheLoader) {
  constexpr std::string_view marks = "{}[]:,&*!|>'\"%@`#?- \n\t$~<\xC3";
  std::mt19937 random(4'711);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(seed_text);
    for (unsigned change = 0; change < 1 + random() % 4; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = marks[random() % marks.size()]; break;
        case 1: text.insert(at, 1, marks[random() % marks.size()]); break;
        case 2: text.erase(at, 1 + random() % 10); break;
        case 3: text.insert(at, text.substr(random() % text.size(), random() % 60)); break;
      }
    }
    expect_sound(load_text(text, "f", environment_of({})));
  }
}

TEST(Hostile, S13_EveryBeginningOfAConfigIsSound) {
  for (std::size_t length = 0; length <= seed_text.size(); ++length) {
    expect_sound(load_text(seed_text.substr(0, length), "f", environment_of({})));
  }
}

TEST(Hostile, S17_ForeignKeysStayOnOneShortLine) {
  const std::string text = "channels: {\"a\\nb\": {x: y}, " + std::string(900, 'k') + ": {x: y}}\nservices: []";
  const auto outcome = load_text(text, "f", environment_of({}));
  ASSERT_GE(outcome.diagnostics.size(), 4U);
  expect_sound(outcome);
  for (const Diagnostic& one : outcome.diagnostics) EXPECT_LE(one.message.size(), 1'010U);
}

TEST(Hostile, S13_LargeFilesOfOneSortEnd) {
  const auto repeated = [](std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  expect_sound(load_text(repeated("a", 2'000'000), "f", environment_of({})));
  expect_sound(load_text("services: [" + repeated("{},", 100'000) + "]", "f", environment_of({})));
  expect_sound(load_text("services:\n" + repeated("- {id: a, url: x}\n", 50'000), "f", environment_of({})));
  expect_sound(
      load_text("services: [{id: a, depends_on: [" + repeated("b,", 200'000) + "]}]", "f", environment_of({})));
  expect_sound(load_text("a: &a [" + repeated("x,", 1'000) + "]\nservices: [" + repeated("*a,", 10'000) + "]", "f",
                         environment_of({})));
  expect_sound(load_text(repeated("? ", 100'000), "f", environment_of({})));
  expect_sound(load_text(repeated("- ", 100'000), "f", environment_of({})));
  expect_sound(load_text(repeated("{a: ", 100'000), "f", environment_of({})));
}

}  // namespace
}  // namespace allclear::config
