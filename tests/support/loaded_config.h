// What tests of the config share: loading a text and reading its diagnostics. Header-only; tests only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/config/load.h"

namespace allclear::testing_support {

inline config::Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

inline std::vector<std::string> lines_of(const config::LoadOutcome& outcome) {
  std::vector<std::string> lines;
  for (const config::Diagnostic& diagnostic : outcome.diagnostics) lines.push_back(config::to_string(diagnostic));
  return lines;
}

// Of a text with mistakes, its diagnostics; the file is called "f".
inline std::vector<std::string> complaints(std::string_view text,
                                           const config::Environment& environment = environment_of({})) {
  return lines_of(config::load_text(text, "f", environment));
}

// Of a text without mistakes, its config.
inline config::ConfigFile loaded(std::string_view text, const config::Environment& environment = environment_of({})) {
  config::LoadOutcome outcome = config::load_text(text, "f", environment);
  EXPECT_TRUE(outcome.config.has_value()) << ::testing::PrintToString(lines_of(outcome));
  return outcome.config.value_or(config::ConfigFile{});
}

// The first check of the first service of a text without mistakes.
inline Check first_check(std::string_view text, const config::Environment& environment = environment_of({})) {
  const config::ConfigFile config = loaded(text, environment);
  if (!config.catalogue || config.catalogue->services.empty() || config.catalogue->services.front()->checks.empty()) {
    ADD_FAILURE() << "no check";
    return {};
  }
  return *config.catalogue->services.front()->checks.front();
}

}  // namespace allclear::testing_support
