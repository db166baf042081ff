#include "core/rules/http_expectations.h"

#include <gtest/gtest.h>

namespace allclear {
namespace {

HttpFacts answer(int status, std::string body = "") {
  HttpFacts facts;
  facts.status = status;
  facts.body = std::move(body);
  facts.final_url = "https://example.com/";
  return facts;
}

Pattern pattern(const char* expression) { return *Pattern::compile(expression); }

void expect_unmet(const Expectations& expect, const HttpFacts& facts, Reason reason, const std::string& words) {
  const auto unmet = first_unmet(expect, facts);
  ASSERT_TRUE(unmet.has_value()) << words;
  EXPECT_EQ(unmet->reason, reason);
  EXPECT_NE(unmet->detail.find(words), std::string::npos) << unmet->detail;
}

void expect_met(const Expectations& expect, const HttpFacts& facts) {
  const auto unmet = first_unmet(expect, facts);
  EXPECT_FALSE(unmet.has_value()) << unmet->detail;
}

TEST(HttpExpectations, StatusMustLieInARange) {
  const Expectations usual;
  for (const int status : {200, 204, 299}) expect_met(usual, answer(status));
  for (const int status : {199, 300, 404, 503}) {
    expect_unmet(usual, answer(status), Reason::unexpected_status, "expected 200-299");
  }
  Expectations listed;
  listed.status = {{200, 299}, {304, 304}};
  expect_met(listed, answer(304));
  expect_unmet(listed, answer(303), Reason::unexpected_status, "status 303, expected 200-299, 304");
}

TEST(HttpExpectations, FinalUrl) {
  Expectations expect;
  expect.final_url = "https://example.com/";
  expect_met(expect, answer(200));
  expect.final_url = "https://example.com/login";
  expect_unmet(expect, answer(200), Reason::body_mismatch,
               "ended at 'https://example.com/', expected 'https://example.com/login'");
}

TEST(HttpExpectations, AnAnswerThatEndedEarlyIsTruncated) {
  HttpFacts facts = answer(200, "abc");
  facts.body_ended_early = true;
  const Expectations usual;
  expect_unmet(usual, facts, Reason::truncated, "after 3 bytes");
  EXPECT_EQ(first_unmet(usual, facts)->phase, Phase::transfer);
  facts.status = 500;
  expect_unmet(usual, facts, Reason::unexpected_status, "status 500");
}

TEST(HttpExpectations, HeadersCompareNamesWithoutCaseAndAnyValueMayMatch) {
  Expectations expect;
  expect.headers.push_back({"X-Cache", pattern("^HIT")});
  HttpFacts facts = answer(200);
  expect_unmet(expect, facts, Reason::body_mismatch, "header X-Cache is absent, expected to match '^HIT'");
  facts.headers = {{"Content-Type", "text/html"}, {"x-cACHE", "MISS"}};
  expect_unmet(expect, facts, Reason::body_mismatch, "header X-Cache is 'MISS'");
  facts.headers.push_back({"X-CACHE", "HIT from edge"});
  expect_met(expect, facts);
  facts.headers = {{"X-Cache-Status", "HIT"}, {"X-Cach", "HIT"}, {"X[Cache", "HIT"}};
  expect_unmet(expect, facts, Reason::body_mismatch, "is absent");
}

TEST(HttpExpectations, BodyContains) {
  Expectations expect;
  expect.body.push_back({"Welcome", std::nullopt});
  expect_met(expect, answer(200, "<h1>Welcome</h1>"));
  expect_unmet(expect, answer(200, "welcome"), Reason::body_mismatch, "'Welcome' not found in the body (7 bytes)");
  HttpFacts cut = answer(200, "long");
  cut.body_cut = true;
  expect_unmet(expect, cut, Reason::body_mismatch, "the first 4 bytes of the body");
}

TEST(HttpExpectations, BodyMatches) {
  Expectations expect;
  expect.body.push_back({"", pattern("v[0-9]+")});
  expect_met(expect, answer(200, "version v12"));
  expect_unmet(expect, answer(200, "version x"), Reason::body_mismatch, "does not match 'v[0-9]+'");
  expect.body.push_back({"version", pattern("$")});
  expect_met(expect, answer(200, "version v12"));
}

Expectations json_expectation(const char* path, JsonOperator operation, Json value) {
  Expectations expect;
  expect.json.push_back({*JsonPath::parse(path), operation, std::move(value)});
  return expect;
}

struct JsonCase {
  const char* path;
  JsonOperator operation;
  Json value;
  const char* unmet;  // null: met
};

TEST(HttpExpectations, JsonValues) {
  const std::string body = R"({"ok":true,"count":5,"ratio":0.5,"name":"shop","none":null,"list":[1,2]})";
  const JsonCase cases[] = {
      {"$.ok", JsonOperator::equals, true, nullptr},
      {"$.ok", JsonOperator::equals, false, "$.ok is true, expected false"},
      {"$.count", JsonOperator::equals, 5.0, nullptr},
      {"$.name", JsonOperator::equals, "shop", nullptr},
      {"$.list[-1]", JsonOperator::equals, 2, nullptr},
      {"$.missing", JsonOperator::equals, 1, "$.missing is absent, expected 1"},
      {"$.name", JsonOperator::exists, true, nullptr},
      {"$.none", JsonOperator::exists, nullptr, nullptr},
      {"$.missing", JsonOperator::exists, false, nullptr},
      {"$.missing", JsonOperator::exists, true, "$.missing is absent, expected it to exist"},
      {"$.name", JsonOperator::exists, false, "$.name is \"shop\", expected it to be absent"},
      {"$.count", JsonOperator::above, 4, nullptr},
      {"$.count", JsonOperator::above, 5, "$.count is 5, expected a number above 5"},
      {"$.ratio", JsonOperator::below, 0.51, nullptr},
      {"$.ratio", JsonOperator::below, 0.5, "expected a number below 0.5"},
      {"$.name", JsonOperator::above, 1, "$.name is \"shop\", expected a number above 1"},
      {"$.missing", JsonOperator::below, 1, "$.missing is absent"},
      {"$.count", JsonOperator::below, "ten", "expected a number below \"ten\""},
  };
  for (const JsonCase& one : cases) {
    const Expectations expect = json_expectation(one.path, one.operation, one.value);
    if (one.unmet == nullptr)
      expect_met(expect, answer(200, body));
    else
      expect_unmet(expect, answer(200, body), Reason::json_mismatch, one.unmet);
  }
}

TEST(HttpExpectations, JsonThatIsNone) {
  const Expectations expect = json_expectation("$.ok", JsonOperator::exists, true);
  expect_unmet(expect, answer(200, "<html>"), Reason::json_mismatch, "the body (6 bytes) is not JSON");
  HttpFacts cut = answer(200, R"({"ok":)");
  cut.body_cut = true;
  expect_unmet(expect, cut, Reason::json_mismatch, "longer than what is read");
}

TEST(HttpExpectations, ForeignTextIsClippedInTheSentence) {
  const Expectations expect = json_expectation("$.text", JsonOperator::equals, 1);
  const auto unmet = first_unmet(expect, answer(200, Json{{"text", std::string(5'000, 'x')}}.dump()));
  ASSERT_TRUE(unmet.has_value());
  EXPECT_LT(unmet->detail.size(), 300U);
}

}  // namespace
}  // namespace allclear
