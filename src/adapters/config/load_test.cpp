#include "adapters/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::optional<std::string> no_variable(std::string_view) { return std::nullopt; }

std::vector<std::string> lines(const LoadOutcome& outcome) {
  std::vector<std::string> found;
  for (const Diagnostic& diagnostic : outcome.diagnostics) found.push_back(to_string(diagnostic));
  return found;
}

// The config of a text without mistakes.
ConfigFile good(std::string_view text, const Environment& environment = no_variable) {
  LoadOutcome outcome = load_text(text, "a.yaml", environment);
  EXPECT_TRUE(outcome.config.has_value()) << ::testing::PrintToString(lines(outcome));
  return outcome.config.value_or(ConfigFile{});
}

TEST(Load, FiveMistakesAreFiveLocatedErrors) {
  const auto outcome = load_text(
      "services:\n"
      "  - id: Website\n"
      "    url: https://example.com/\n"
      "    intervall: 30s\n"
      "  - id: shop\n"
      "    url: https://shop.example.com/\n"
      "    timeout: fast\n"
      "    expect: {status: 999}\n"
      "    depends_on: [nowhere]\n",
      "five.yaml", no_variable);
  EXPECT_FALSE(outcome.config.has_value());
  EXPECT_THAT(
      lines(outcome),
      ElementsAre(
          "five.yaml:2:9: services[0].id: expected a name of a-z, 0-9 and '-', 1 to 64 characters, found \"Website\"",
          "five.yaml:4:5: services[0]: unknown key \"intervall\"; did you mean \"interval\"?",
          "five.yaml:7:14: services[shop].timeout: expected a duration such as 500ms, 30s, 1h30m or 1d, found \"fast\"",
          "five.yaml:8:22: services[shop].expect.status: expected a status from 100 to 599 or a range such as "
          "200-299, found \"999\"",
          "five.yaml:9:18: services[shop].depends_on: there is no service \"nowhere\""));
}

TEST(Load, AUrlOnAServiceIsItsOnlyCheck) {
  const ConfigFile config = good("services: [{id: website, url: 'https://example.com/a?b=1', interval: 30s}]");
  ASSERT_EQ(config.catalogue->services.size(), 1U);
  const Service& service = *config.catalogue->services.front();
  EXPECT_EQ(service.name, "website");
  ASSERT_EQ(service.checks.size(), 1U);
  const Check& check = *service.checks.front();
  EXPECT_EQ(check.id.value(), "website");
  EXPECT_EQ(check.service, service.id);
  EXPECT_EQ(check.interval, seconds(30));
  EXPECT_EQ(check.timeout, seconds(10));
  const auto& http = std::get<HttpTarget>(*check.target);
  EXPECT_EQ(http.url, (Url{Scheme::https, "example.com", 443, "/a?b=1"}));
  ASSERT_EQ(check.expect->status.size(), 1U);
  EXPECT_EQ(check.expect->status.front().last, 299);
}

}  // namespace
}  // namespace allclear::config
