#include "core/rules/http_expectations.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/evidence.h"

namespace allclear {
namespace {

constexpr std::size_t quote_limit = 200;  // bytes of a foreign text within a sentence

std::string in_quotes(std::string_view text) { return fmt::format("'{}'", clip_evidence(text, quote_limit)); }

std::string shown(const Json& value) {
  return clip_evidence(value.dump(-1, ' ', false, Json::error_handler_t::replace), quote_limit);
}

std::string describe_ranges(const std::vector<StatusRange>& ranges) {
  std::string text;
  for (const StatusRange& range : ranges) {
    if (!text.empty()) text += ", ";
    text += range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
  }
  return text;
}

std::optional<Unmet> judge_status(const Expectations& expect, const HttpFacts& facts) {
  if (accepts_status(expect, facts.status)) return std::nullopt;
  return Unmet{Reason::unexpected_status, Phase::judge,
               fmt::format("status {}, expected {}", facts.status, describe_ranges(expect.status))};
}

std::optional<Unmet> judge_final_url(const Expectations& expect, const HttpFacts& facts) {
  if (!expect.final_url || *expect.final_url == facts.final_url) return std::nullopt;
  return Unmet{Reason::body_mismatch, Phase::judge,
               fmt::format("ended at {}, expected {}", in_quotes(facts.final_url), in_quotes(*expect.final_url))};
}

std::optional<Unmet> judge_completeness(const HttpFacts& facts) {
  if (!facts.body_ended_early) return std::nullopt;
  return Unmet{Reason::truncated, Phase::transfer,
               fmt::format("the answer ended early after {} bytes of its body", facts.body.size())};
}

bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::optional<Unmet> judge_header(const HeaderExpectation& expect, const HttpFacts& facts) {
  const Header* seen = nullptr;
  for (const Header& header : facts.headers) {
    if (!same_name(header.name, expect.name)) continue;
    if (expect.pattern.found_in(header.value)) return std::nullopt;
    seen = &header;
  }
  const std::string found = seen == nullptr ? "is absent" : "is " + in_quotes(seen->value);
  return Unmet{
      Reason::body_mismatch, Phase::judge,
      fmt::format("header {} {}, expected to match {}", expect.name, found, in_quotes(expect.pattern.expression()))};
}

std::string read_part(const HttpFacts& facts) {
  return facts.body_cut ? fmt::format("the first {} bytes of the body", facts.body.size())
                        : fmt::format("the body ({} bytes)", facts.body.size());
}

std::optional<Unmet> judge_body(const BodyExpectation& expect, const HttpFacts& facts) {
  if (!expect.contains.empty() && facts.body.find(expect.contains) == std::string::npos) {
    return Unmet{Reason::body_mismatch, Phase::judge,
                 fmt::format("{} not found in {}", in_quotes(expect.contains), read_part(facts))};
  }
  if (expect.matches && !expect.matches->found_in(facts.body)) {
    return Unmet{Reason::body_mismatch, Phase::judge,
                 fmt::format("{} does not match {}", read_part(facts), in_quotes(expect.matches->expression()))};
  }
  return std::nullopt;
}

// What was expected in words, or nothing when `found` satisfies it. `found` is null when the path leads nowhere.
std::optional<std::string> unmet_words(const JsonExpectation& expect, const Json* found) {
  const auto compared = [&](auto holds, std::string_view word) -> std::optional<std::string> {
    const bool numbers = found != nullptr && found->is_number() && expect.value.is_number();
    if (numbers && holds(found->get<double>(), expect.value.get<double>())) return std::nullopt;
    return fmt::format("a number {} {}", word, shown(expect.value));
  };
  switch (expect.operation) {
    case JsonOperator::equals:
      if (found != nullptr && *found == expect.value) return std::nullopt;
      return shown(expect.value);
    case JsonOperator::exists: {
      const bool wanted = !expect.value.is_boolean() || expect.value.get<bool>();
      if (wanted == (found != nullptr)) return std::nullopt;
      return wanted ? "it to exist" : "it to be absent";
    }
    case JsonOperator::above: return compared(std::greater<>{}, "above");
    case JsonOperator::below: return compared(std::less<>{}, "below");
  }
  return std::nullopt;
}

std::optional<Unmet> judge_json(const Expectations& expect, const HttpFacts& facts) {
  if (expect.json.empty()) return std::nullopt;
  const auto document = parse_json(facts.body);
  if (!document) {
    const std::string why = facts.body_cut ? "it is longer than what is read" : document.error().message;
    return Unmet{Reason::json_mismatch, Phase::judge, fmt::format("{} is not JSON: {}", read_part(facts), why)};
  }
  for (const JsonExpectation& expectation : expect.json) {
    const Json* found = expectation.path.find(*document);
    if (const auto wanted = unmet_words(expectation, found)) {
      return Unmet{Reason::json_mismatch, Phase::judge,
                   fmt::format("{} is {}, expected {}", expectation.path.text(),
                               found == nullptr ? "absent" : shown(*found), *wanted)};
    }
  }
  return std::nullopt;
}

}  // namespace

bool accepts_status(const Expectations& expect, int status) {
  return std::any_of(expect.status.begin(), expect.status.end(),
                     [&](const StatusRange& range) { return range.first <= status && status <= range.last; });
}

std::optional<Unmet> first_unmet(const Expectations& expect, const HttpFacts& facts) {
  if (auto unmet = judge_status(expect, facts)) return unmet;
  if (auto unmet = judge_final_url(expect, facts)) return unmet;
  if (auto unmet = judge_completeness(facts)) return unmet;
  for (const HeaderExpectation& header : expect.headers) {
    if (auto unmet = judge_header(header, facts)) return unmet;
  }
  for (const BodyExpectation& body : expect.body) {
    if (auto unmet = judge_body(body, facts)) return unmet;
  }
  return judge_json(expect, facts);
}

}  // namespace allclear
