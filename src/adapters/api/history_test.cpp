#include "adapters/api/history.h"

#include <gtest/gtest.h>

#include "tests/support/api_fixture.h"

namespace allclear::api {
namespace {

using test::ApiUnderTest;

test::SampleWorld world() {
  return test::make_world({{"website", "Website", "Public"},
                           {"hidden", "Hidden", "Public", Verdict::up, Reason::ok, Visibility::internal}});
}

TEST(History, HasTheContractsShape) {
  ApiUnderTest api(world());
  HistoryRow row{{ServiceId("website"), CheckId("website"), local_location()}, {}};
  row.result.at = test::sample_now();
  row.result.verdict = Verdict::down;
  row.result.reason = Reason::unexpected_status;
  row.result.status_code = 503;
  row.result.latency = microseconds(12'340);
  row.result.timings.dns = microseconds(400);
  row.result.timings.first_byte = microseconds(7'000);
  row.result.detail = "secret detail";
  HistoryRow fault{row.key, {}};
  fault.result.at = test::sample_now();
  fault.result.reason = Reason::local_fault;
  api.queries.page = {{row, fault}, "next-page"};
  Incident incident = test::sample_incident({}, test::sample_now() - std::chrono::minutes(10));
  incident.resolved_at = incident.opened_at + seconds(312);
  incident.calm = seconds(12);
  api.queries.stored = {incident};

  const auto answer = api.get("/history?service=website");
  EXPECT_EQ(
      *answer.body,
      R"({"service":"website","checks":[{"at":"2026-11-20T09:00:12Z","check":"website","state":"down","status_code":503,)"
      R"("latency_ms":12.3,"phases_ms":{"dns":0.4,"first_byte":7},"reason":"unexpected_status","location":"local"},)"
      R"({"at":"2026-11-20T09:00:12Z","check":"website","state":"unknown","status_code":null,"latency_ms":null,"phases_ms":{},)"
      R"("reason":"local_fault","location":"local"}],"incidents":[{"id":")" +
          incident.id.value() +
          R"(","started_at":"2026-11-20T08:50:12Z","ended_at":"2026-11-20T08:55:24Z","duration_s":300,"reason":"timeout"}],)"
          R"("next":"next-page"})");
}

TEST(History, PassesItsParametersOn) {
  ApiUnderTest api(world());
  EXPECT_EQ(api.get("/history?service=website&check=website&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00%2B01:00&"
                    "limit=7&cursor=abc")
                .status,
            200);
  EXPECT_EQ(api.queries.asked.service.value(), "website");
  EXPECT_EQ(api.queries.asked.check->value(), "website");
  EXPECT_EQ(format_rfc3339(*api.queries.asked.from), "2026-11-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(*api.queries.asked.to), "2026-11-01T23:00:00Z");
  EXPECT_EQ(api.queries.asked.limit, 7U);
  EXPECT_EQ(api.queries.asked.cursor, "abc");
  EXPECT_EQ(api.get("/history?service=website&unknown=1").status, 200);
  EXPECT_EQ(api.queries.asked.limit, 100U);
  EXPECT_FALSE(api.queries.asked.check.has_value());
}

TEST(History, NamesEveryBadParameter) {
  ApiUnderTest api(world());
  const auto names = [&](const std::string& query) {
    const auto answer = api.get("/history?" + query);
    EXPECT_EQ(answer.status, 400) << query;
    std::string found;
    const Json problem = *parse_json(*answer.body);
    for (const Json& error : problem["errors"]) found += error["parameter"].get<std::string>() + " ";
    return found;
  };
  EXPECT_EQ(names(""), "service ");
  EXPECT_EQ(names("service="), "service ");
  EXPECT_EQ(names("service=website&service=website"), "service ");
  for (const char* limit : {"0", "1001", "-5", "x", "1.5", "", "10x", "99999999999999999999999"}) {
    EXPECT_EQ(names("service=website&limit=" + std::string(limit)), "limit ") << limit;
  }
  EXPECT_EQ(names("service=website&from=yesterday&to=2026-13-01T00:00:00Z&limit=0"), "from to limit ");
  EXPECT_EQ(names("service=website&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z"), "to ");
  EXPECT_EQ(names("service=website&cursor=" + std::string(300, 'x')), "cursor ");
}

TEST(History, InternalServicesDoNotExistForThePublic) {
  ApiUnderTest api(world());
  const auto hidden = api.get("/history?service=hidden");
  const auto missing = api.get("/history?service=nothing");
  EXPECT_EQ(hidden.status, 404);
  EXPECT_EQ(*hidden.body, *missing.body);
  EXPECT_EQ(api.get("/history?service=website&check=nothing").status, 404);
}

TEST(History, TellsABrokenStoreFromABadCursor) {
  ApiUnderTest api(world());
  api.queries.broken = true;
  const auto broken = api.get("/history?service=website");
  EXPECT_EQ(broken.status, 503);
  EXPECT_EQ(broken.body->find("secret"), std::string::npos);
  EXPECT_EQ(api.get("/history?service=website&cursor=1.1.website.local").status, 503) << "the cursor is not at fault";
  api.queries.broken = false;
  api.queries.page.bad_cursor = true;
  EXPECT_EQ(api.get("/history?service=website&cursor=made-up").status, 400);
}

TEST(History, LaterPagesRepeatNoIncidents) {
  ApiUnderTest api(world());
  api.queries.stored = {test::sample_incident({}, test::sample_now())};
  EXPECT_EQ(api.json("/history?service=website")["incidents"].size(), 1U);
  EXPECT_EQ(api.queries.incidents_from, test::sample_now() - std::chrono::days(90));
  EXPECT_EQ(api.json("/history?service=website&cursor=abc")["incidents"].size(), 0U);
}

}  // namespace
}  // namespace allclear::api
