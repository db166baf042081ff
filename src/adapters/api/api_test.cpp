#include "adapters/api/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/assets.h"
#include "adapters/api/headers.h"
#include "tests/support/api_fixture.h"

namespace allclear::api {
namespace {

using test::ApiUnderTest;
using test::head_of;
using testing::HasSubstr;
using testing::Not;

TEST(Api, AnswersItsPaths) {
  ApiUnderTest api;
  for (const char* path :
       {"/", "/status", "/status?days=7", "/history?service=service-0", "/health", "/ready", "/metrics"}) {
    EXPECT_EQ(api.get(path).status, 200) << path;
    EXPECT_EQ(api.ask("HEAD", path).status, 200) << path;
  }
  EXPECT_EQ(*api.get("/health").body, R"({"status":"ok"})");
}

TEST(Api, NamesTheMethodsOfAPath) {
  ApiUnderTest api;
  for (const char* method : {"POST", "PUT", "DELETE", "BREW"}) {
    const auto answer = api.ask(method, "/status");
    EXPECT_EQ(answer.status, 405);
    EXPECT_THAT(head_of(answer), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  }
  EXPECT_EQ(api.ask("POST", "/nothing").status, 404);
}

TEST(Api, WhatIsNotBuiltIsNotFound) {
  ApiUnderTest api;
  for (const char* path : {"/feed", "/badge/x.svg", "/badge/", "/api/v2/", "/api/v2/x.json", "/api/v1/services", "/ops/",
                           "/probe", "/events", "/statuS", "/status/", "//", "/history.htm"}) {
    const auto answer = api.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    const Json problem = *parse_json(*answer.body);
    EXPECT_EQ(problem["status"], 404);
    EXPECT_EQ(problem["instance"], path);
    EXPECT_TRUE(problem["type"].is_string() && problem["title"].is_string() && problem["detail"].is_string());
    EXPECT_THAT(head_of(answer), HasSubstr("Content-Type: application/problem+json"));
  }
}

TEST(Api, RefusalsOfTheTransportTellTheirPathWhenItIsKnown) {
  ApiUnderTest api;
  const Json known = *parse_json(*api.api().refuse(400, "why", "/sta\"tus<b>").body);
  EXPECT_EQ(known["instance"], "/sta\"tus<b>");
  EXPECT_EQ(known["detail"], "why");
  EXPECT_FALSE(parse_json(*api.api().refuse(400, "why", {}).body)->contains("instance"));
}

TEST(Api, S9_EveryAnswerCarriesTheSecurityHeaders) {
  ApiOptions options;
  options.policy.hsts = true;
  ApiUnderTest api(test::make_world(3), options);
  const auto asset = std::string(asset_path("status.css"));
  const std::string etag = [&] {
    const std::string head = head_of(api.get("/status"));
    const auto at = head.find("ETag: ") + 6;
    return head.substr(at, head.find("\r\n", at) - at);
  }();
  std::vector<net::HttpResponse> answers{api.get("/status", {{"If-None-Match", etag}}), api.ask("POST", "/"),
                                         api.api().refuse(431, "x", {})};
  for (const std::string& path :
       {std::string("/"), std::string("/status"), std::string("/status?days=0"), std::string("/history"),
        std::string("/history?service=service-1"), std::string("/health"), std::string("/ready"),
        std::string("/metrics"), asset, std::string("/a/nothing"), std::string("/nothing")}) {
    answers.push_back(api.get(path));
  }
  EXPECT_EQ(answers.front().status, 304);
  for (const auto& answer : answers) {
    const std::string head = head_of(answer);
    EXPECT_THAT(head, HasSubstr("Content-Security-Policy: " + std::string(content_security_policy) + "\r\n"));
    EXPECT_THAT(head, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(head, HasSubstr("Referrer-Policy: "));
    EXPECT_THAT(head, HasSubstr("Strict-Transport-Security: max-age="));
    EXPECT_THAT(head, HasSubstr("Cache-Control: "));
  }
}

TEST(Api, SendsHstsOnlyOverTls) {
  ApiUnderTest api;
  EXPECT_THAT(head_of(api.get("/")), Not(HasSubstr("Strict-Transport-Security")));
}

TEST(Api, SendsCorsOnPublicReadsOnly) {
  ApiOptions options;
  options.policy.cors = "https://example.com";
  ApiUnderTest api(test::make_world(3), options);
  for (const char* path : {"/status", "/history?service=service-0", "/health"}) {
    EXPECT_THAT(head_of(api.get(path)), HasSubstr("Access-Control-Allow-Origin: https://example.com\r\n")) << path;
  }
  EXPECT_THAT(head_of(api.get("/metrics")), Not(HasSubstr("Access-Control-Allow-Origin")));
}

TEST(Api, AnswersPreflightsOfPublicReads) {
  ApiUnderTest api;
  const std::string asset(asset_path("status.css"));
  for (const std::string& path : {std::string("/"), std::string("/status"), std::string("/history"), asset}) {
    const auto answer =
        api.ask("OPTIONS", path, {{"Origin", "https://example.com"}, {"Access-Control-Request-Method", "GET"}});
    EXPECT_EQ(answer.status, 204) << path;
    EXPECT_EQ(answer.body, nullptr);
    const std::string head = head_of(answer);
    for (const char* line : {"Allow: GET, HEAD, OPTIONS\r\n", "Access-Control-Allow-Origin: *\r\n",
                             "Access-Control-Allow-Methods: GET, HEAD\r\n",
                             "Access-Control-Allow-Headers: If-None-Match, Cache-Control\r\n",
                             "Access-Control-Max-Age: 86400\r\n", "X-Content-Type-Options: nosniff\r\n"}) {
      EXPECT_THAT(head, HasSubstr(line)) << path;
    }
  }
  for (const char* path : {"/metrics", "/ready"}) {
    const auto answer = api.ask("OPTIONS", path);
    EXPECT_EQ(answer.status, 204) << path;
    EXPECT_THAT(head_of(answer), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(head_of(answer), Not(HasSubstr("Access-Control-"))) << path;
  }
  EXPECT_EQ(api.ask("OPTIONS", "/nothing").status, 404);
}

TEST(Api, TellsTheMethodsOfTheServerAsAWhole) {
  ApiUnderTest api;
  const auto answer = api.ask("OPTIONS", "*");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, nullptr);
  EXPECT_THAT(head_of(answer), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(head_of(answer), Not(HasSubstr("Access-Control-")));
}

TEST(Api, WithoutCorsOptionsOnlyNamesTheMethods) {
  ApiOptions options;
  options.policy.cors.clear();
  ApiUnderTest api(test::make_world(3), options);
  const auto answer = api.ask("OPTIONS", "/status");
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(head_of(answer), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(head_of(answer), Not(HasSubstr("Access-Control-")));
  EXPECT_THAT(head_of(api.get("/status")), Not(HasSubstr("Access-Control-")));
}

TEST(Api, PublicReadsShowTheirTagAndVaryByOriginWhenOneIsNamed) {
  const auto vary_of = [](const std::string& cors, const std::string& path) {
    ApiOptions options;
    options.policy.cors = cors;
    ApiUnderTest api(test::make_world(3), options);
    const std::string head = head_of(api.get(path));
    EXPECT_EQ(head.find("Access-Control-Expose-Headers: ETag\r\n") != std::string::npos, !cors.empty()) << path;
    const auto at = head.find("Vary: ");
    return at == std::string::npos ? "" : head.substr(at + 6, head.find("\r\n", at) - at - 6);
  };
  EXPECT_EQ(vary_of("*", "/status"), "Accept-Encoding");
  EXPECT_EQ(vary_of("", "/status"), "Accept-Encoding");
  EXPECT_EQ(vary_of("https://example.com", "/status"), "Accept-Encoding, Origin");
  EXPECT_EQ(vary_of("https://example.com", "/history"), "Origin");  // a problem
  EXPECT_EQ(vary_of("*", "/history"), "");
}

TEST(Api, S19_ServesEmbeddedAssetsByExactPathOnly) {
  ApiUnderTest api;
  const std::string path(asset_path("status.css"));
  const auto answer = api.get(path);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(head_of(answer), HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  EXPECT_THAT(head_of(answer), HasSubstr("Content-Type: text/css"));
  EXPECT_THAT(*api.get("/").body, HasSubstr("href=\"" + path.substr(1) + "\""));
  for (const char* other : {"/a/", "/a/status.css", "/a/../api.cpp", "/a/%2e%2e/%2e%2e/etc/passwd", "/a//etc/passwd",
                            "/a/status-0000000000.css", "/../../../etc/passwd", "/etc/passwd"}) {
    EXPECT_EQ(api.get(other).status, 404) << other;
  }
}

TEST(Api, SaysSoBeforeTheFirstRendering) {
  ApiUnderTest api;
  RenderedPages empty;
  test::FakeQueries queries;
  test::FixedClock clock;
  Api fresh(
      {}, queries, [] { return nullptr; }, empty, clock);
  for (const char* path : {"/", "/status", "/history", "/metrics", "/ready"}) {
    net::HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.client_address = "127.0.0.1";
    EXPECT_EQ(std::get<net::HttpResponse>(fresh.handle(request)).status, 503) << path;
  }
}

TEST(Api, StatusTakesDaysFrom1To90) {
  ApiUnderTest api;
  EXPECT_FALSE(api.json("/status")["services"][0].contains("days"));
  for (const int days : {1, 2, 30, 89, 90}) {
    const Json shown = api.json("/status?days=" + std::to_string(days))["services"][0]["days"];
    EXPECT_EQ(shown.size(), static_cast<std::size_t>(days));
    EXPECT_EQ(shown.back()["date"], "2026-11-20");
  }
  for (const char* bad : {"0", "91", "-1", "", "x", "7x", "1e1", "99999999999999999999"}) {
    const auto answer = api.get(std::string("/status?days=") + bad);
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_EQ((*parse_json(*answer.body))["errors"][0]["parameter"], "days");
  }
}

TEST(Api, AKnownParameterIsTakenOnceAtMost) {
  ApiUnderTest api;
  for (const auto& [target, parameter] :
       {std::pair{"/status?days=1&days=2", "days"}, std::pair{"/status?days=7&x=1&days=7", "days"},
        std::pair{"/status?days=x&days=7", "days"}, std::pair{"/history?service=service-0&limit=1&limit=1", "limit"},
        std::pair{"/history?service=service-0&service=service-1", "service"}}) {
    const auto answer = api.get(target);
    EXPECT_EQ(answer.status, 400) << target;
    const Json errors = (*parse_json(*answer.body))["errors"];
    ASSERT_EQ(errors.size(), 1U) << target;
    EXPECT_EQ(errors[0]["parameter"], parameter);
    EXPECT_EQ(errors[0]["detail"], "expected at most once");
  }
  EXPECT_EQ(api.get("/status?x=1&x=2&days=7").status, 200);  // what is unknown is ignored
}

TEST(Api, RendersDaysAnewAfterTheNextPublication) {
  ApiUnderTest api;
  EXPECT_EQ(api.json("/status?days=3")["seq"], 4711);
  const auto world = test::make_world(2);
  api.pages.put(render(make_public_view(world.snapshot, world.days, {}, {}, 4712, world.now), {}));
  EXPECT_EQ(api.json("/status?days=3")["seq"], 4712);
  EXPECT_EQ(api.json("/status?days=3")["services"].size(), 2U);
}

TEST(Api, ReadyIsAboutProgressAndTellsTheRest) {
  ApiUnderTest api;
  EXPECT_EQ(api.json("/ready")["config"]["error"], nullptr);
  api.monitor().config_error = "/etc/allclear/allclear.yaml:3:1: unknown key";
  api.monitor().log_replayed = false;
  EXPECT_EQ(api.get("/ready").status, 200);
  EXPECT_EQ(api.json("/ready")["log"]["replayed"], false);
  EXPECT_EQ(api.json("/ready")["config"]["ok"], false);
  EXPECT_EQ(api.json("/ready")["config"]["error"], "/etc/allclear/allclear.yaml:3:1: unknown key");
  api.client = "198.51.100.1";
  EXPECT_FALSE(api.json("/ready")["config"].contains("error"));  // raw errors are for operators
  api.monitor().store_progress = false;
  EXPECT_EQ(api.get("/ready").status, 503);
  EXPECT_EQ(api.json("/ready")["store"]["ok"], false);
}

TEST(Api, R15_ReadyTellsWhatBecameOfABrokenStore) {
  ApiUnderTest api;
  EXPECT_EQ(api.json("/ready")["store"], Json::parse(R"({"ok":true,"recovered":"none","cause":null})"));
  api.monitor().store_opening = {StoreRecovery::restored_backup, "database: malformed"};
  EXPECT_EQ(api.json("/ready")["store"]["recovered"], "restored_backup");
  EXPECT_EQ(api.json("/ready")["store"]["cause"], "database: malformed");
  api.client = "198.51.100.1";
  api.monitor().store_opening.recovery = StoreRecovery::started_empty;
  EXPECT_EQ(api.get("/ready").status, 200);
  EXPECT_EQ(api.json("/ready")["store"], Json::parse(R"({"ok":true,"recovered":"started_empty"})"));
}

TEST(Api, MetricsAreForWhomTheConfigSays) {
  const auto status_for = [](MetricsAccess access, const std::string& client) {
    ApiOptions options;
    options.metrics = access;
    ApiUnderTest api(test::make_world(2), options);
    api.client = client;
    return api.get("/metrics").status;
  };
  EXPECT_EQ(status_for(MetricsAccess::loopback, "127.0.0.1"), 200);
  EXPECT_EQ(status_for(MetricsAccess::loopback, "::1"), 200);
  EXPECT_EQ(status_for(MetricsAccess::loopback, "198.51.100.1"), 403);
  EXPECT_EQ(status_for(MetricsAccess::open, "198.51.100.1"), 200);
  EXPECT_EQ(status_for(MetricsAccess::token, "127.0.0.1"), 401);
}

}  // namespace
}  // namespace allclear::api
