// JSON bodies that a parser may choke on: the check is judged, whatever they hold.
#include <gtest/gtest.h>

#include "core/rules/evaluate.h"
#include "tests/hostile/behaviour.h"

namespace allclear::test {
namespace {

class JsonBody : public testing::TestWithParam<std::string> {};

Check check_that_expects_ok(const Target& target) {
  Expectations expect;
  expect.json.push_back({*JsonPath::parse("$.ok"), JsonOperator::equals, Json(true)});
  Check check;
  check.target = target;
  check.expect = CopyOnWrite<Expectations>(std::move(expect));
  return check;
}

TEST_P(JsonBody, R19_IsAMismatchAndNeverAnException) {
  const std::string& body = GetParam();
  const Behaviour behaviour{
      "", answers("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body),
      std::nullopt, Phase::transfer};
  const ScriptedServer server(behaviour.script);
  const Target target = http_target(server.port());
  const Observation seen = observe_hostile(behaviour, target);
  CheckResult result;
  ASSERT_NO_THROW(result = evaluate(check_that_expects_ok(target), seen));
  EXPECT_EQ(to_string(result.verdict), to_string(Verdict::down));
  EXPECT_EQ(to_string(result.reason), to_string(Reason::json_mismatch)) << result.detail;
}

INSTANTIATE_TEST_SUITE_P(Choking, JsonBody,
                         testing::Values(R"({"ok":true,"x":1e999})",          // beyond every double
                                         R"({"ok":true,"x":-1e999})",         //
                                         R"({"ok":true,"ok":true})",          // a key twice
                                         "{\"ok\":true,\"x\":\"\xC3\x28\"}",  // no UTF-8
                                         std::string(100'000, '['),           // depth without end
                                         R"({"ok":true)"));                   // cut

}  // namespace
}  // namespace allclear::test
