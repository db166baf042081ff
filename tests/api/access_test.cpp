// Who may ask what (S1, S5): every route with every kind of token.
#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/headers.h"
#include "tests/api/operators_fixture.h"

namespace allclear::api {
namespace {

using test::header_of;
using test::json_of;
using test::OperatorsUnderTest;
using testing::HasSubstr;

// The route's path with something in the place of {id}.
std::string filled(const OperatorRoute& route) {
  std::string path(route.path);
  if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "x");
  return path;
}

int status_of(OperatorsUnderTest& api, const OperatorRoute& route, const std::string& token) {
  return api.ask({std::string(route.method), filled(route), token, "", {}}).status;
}

TEST(Access, S5_EveryRouteOpensToItsScopeAndThoseAboveOnly) {
  OperatorsUnderTest api;
  const std::map<TokenScope, std::vector<std::string>> opened_by{{TokenScope::read, {"read", "write", "admin"}},
                                                                 {TokenScope::write, {"write", "admin"}},
                                                                 {TokenScope::ingest, {"ingest", "admin"}},
                                                                 {TokenScope::admin, {"admin"}}};
  for (const OperatorRoute& route : OperatorApi::routes()) {
    for (const char* token : {"read", "write", "ingest", "admin", "ping"}) {
      const int status = status_of(api, route, token);
      const auto& openers = opened_by.at(route.scope);
      if (std::find(openers.begin(), openers.end(), token) != openers.end()) {
        EXPECT_TRUE(status != 401 && status != 403 && status != 0) << route.method << route.path << " " << token;
      } else {
        EXPECT_EQ(status, 403) << route.method << " " << route.path << " " << token;
      }
    }
    api.clock.pass(seconds(61));  // wrong tokens are counted for a minute
    for (const std::string token : {"", "expired", "revoked", "acl_nonsense", "acl_"}) {
      EXPECT_EQ(status_of(api, route, token), 401) << route.method << " " << route.path << " " << token;
    }
  }
}

TEST(Access, S5_WhatIsNotThereIsNobodysToLearn) {
  OperatorsUnderTest api;
  for (const char* path : {"/api/v1/nothing", "/api/v1/", "/api/v1/alerts/", "/api/v1/alerts/x", "/api/v1/alerts/x/y",
                           "/api/v1/incidents//ack", "/api/v1/tokens/x/y"}) {
    EXPECT_EQ(api.get(path, "").status, 401) << path;
    EXPECT_EQ(api.get(path, "ping").status, 403) << path;
    EXPECT_EQ(api.get(path, "ingest").status, 404) << path;
  }
  const auto answer = api.ask({"PUT", "/api/v1/tokens", "read", "", {}});
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(header_of(answer, "Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(api.get("/api/v1/incidents/x/ack", "read").status, 405) << "GET never mutates";
}

TEST(Access, S5_ThePublicPathsNeedNoTokenAndMindNone) {
  api::ApiOptions options;
  options.openapi = "{}";
  OperatorsUnderTest api(options);
  const std::string page = *api.get("/", "").body;
  const auto incident = page.find("incidents/");
  const std::map<std::string_view, std::string> files{
      {"/incidents/", "/" + page.substr(incident, page.find('"', incident) - incident)},
      {"/badge/", "/badge/service-0.svg"},
      {"/api/v2/", "/api/v2/summary.json"}};
  for (const std::string_view path : Api::paths()) {
    if (path == "/history" || path == "/a/" || path == "/metrics") continue;
    const auto file = files.find(path);
    const std::string target = file == files.end() ? std::string(path) : file->second;
    for (const char* token : {"", "acl_nonsense", "ping", "admin"}) {
      EXPECT_EQ(api.get(target, token).status, 200) << target << " " << token;
    }
  }
}

TEST(Access, ARefusalSaysWhatIsNeeded) {
  OperatorsUnderTest api;
  const auto none = api.get("/api/v1/alerts", "");
  EXPECT_EQ(header_of(none, "WWW-Authenticate"), "Bearer realm=\"allclear\"");
  for (const auto& [token, why] : {std::pair{"acl_nonsense", "there is no such token"},
                                   {"expired", "this token has expired"},
                                   {"revoked", "this token was revoked"}}) {
    const auto wrong = api.get("/api/v1/alerts", token);
    EXPECT_EQ(header_of(wrong, "WWW-Authenticate"), "Bearer realm=\"allclear\", error=\"invalid_token\"");
    EXPECT_EQ(json_of(wrong)["detail"], why);
    EXPECT_EQ(header_of(wrong, "Content-Type"), "application/problem+json");
  }
  const auto narrow = api.post("/api/v1/incidents/x/ack", "read");
  EXPECT_EQ(header_of(narrow, "WWW-Authenticate"),
            "Bearer realm=\"allclear\", error=\"insufficient_scope\", scope=\"write\"");
  for (const char* value : {"Basic YTpi", "Bearer", "Bearer ", "acl_x", "bearer"}) {
    const auto other = api.ask({"GET", "/api/v1/alerts", "", "", {{"Authorization", value}}});
    EXPECT_EQ(other.status, 401) << value;
    EXPECT_EQ(header_of(other, "WWW-Authenticate"), "Bearer realm=\"allclear\"") << value;
  }
  const auto any_case =
      api.ask({"GET", "/api/v1/alerts", "", "", {{"authorization", "bEARER  " + api.text_of("read")}}});
  EXPECT_EQ(any_case.status, 200);
}

TEST(Access, S1_ARevokedTokenIsRefusedWithinASecond) {
  OperatorsUnderTest api;
  EXPECT_EQ(api.get("/api/v1/alerts").status, 200);
  const auto answer = api.ask({"DELETE", "/api/v1/tokens/" + api.token_of("read").id.value(), "admin", "", {}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json_of(answer)["state"], "revoked");
  EXPECT_EQ(api.get("/api/v1/alerts").status, 401) << "at once, when it was revoked here";
}

TEST(Access, S1_ATokenEndsWithItsTime) {
  OperatorsUnderTest api;
  const auto made = json_of(
      api.post("/api/v1/tokens", "admin", R"({"name":"short","scopes":["read"],"expires_at":"2026-11-20T10:00:12Z"})"));
  const std::string text = made["token"];
  EXPECT_EQ(api.get("/api/v1/alerts", text).status, 200);
  api.clock.pass(std::chrono::hours(1) - milliseconds(1));
  EXPECT_EQ(api.get("/api/v1/alerts", text).status, 200);
  api.clock.pass(milliseconds(1));
  EXPECT_EQ(api.get("/api/v1/alerts", text).status, 401);
}

TEST(Access, S5_TenWrongTokensAMinuteThenTheAddressIsToldToWait) {
  OperatorsUnderTest api;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(api.get("/api/v1/alerts", "acl_" + std::to_string(i)).status, 401);
  api.clock.pass(seconds(20));
  const auto slowed = api.get("/api/v1/tokens", "acl_11");
  EXPECT_EQ(slowed.status, 429);
  EXPECT_EQ(header_of(slowed, "Retry-After"), "40");
  EXPECT_EQ(api.get("/api/v1/alerts", "revoked").status, 429);
  EXPECT_EQ(api.get("/api/v1/alerts", "").status, 401) << "no token is not a wrong one";
  EXPECT_EQ(api.get("/api/v1/alerts", "read").status, 200) << "others behind the address go on";
  EXPECT_EQ(api.post("/api/v1/incidents/x/ack", "read").status, 403);
  api.client = "192.0.2.8";
  EXPECT_EQ(api.get("/api/v1/alerts", "acl_11").status, 401);
  api.client = "192.0.2.7";
  api.clock.pass(seconds(40));
  EXPECT_EQ(api.get("/api/v1/alerts", "acl_12").status, 401);
}

TEST(Access, S5_AnIpv6NetworkIsOneAddressAndManyAddressesDoNotFillTheMemory) {
  OperatorsUnderTest api;
  for (int i = 0; i < 10; ++i) {
    api.client = "2001:db8::" + std::to_string(i);
    EXPECT_EQ(api.get("/api/v1/alerts", "acl_x").status, 401);
  }
  EXPECT_EQ(api.get("/api/v1/alerts", "acl_x").status, 429);
  api.client = "2001:db8:0:1::1";
  EXPECT_EQ(api.get("/api/v1/alerts", "acl_x").status, 401);
  WrongTokens wrong;
  for (int i = 0; i < 100'000; ++i) {
    EXPECT_EQ(wrong.note("10." + std::to_string(i), MonotonicTime{}), std::nullopt);
  }
}

TEST(Access, S1_NobodyIsLetInWhenTokensCannotBeRead) {
  OperatorsUnderTest api;
  EXPECT_EQ(api.get("/api/v1/alerts").status, 200);
  api.break_tokens();
  api.clock.pass(seconds(2));
  for (const char* token : {"read", "admin", "acl_nonsense"}) {
    const auto answer = api.get("/api/v1/alerts", token);
    EXPECT_EQ(answer.status, 503) << token;
    EXPECT_EQ(header_of(answer, "Retry-After"), "1");
  }
  EXPECT_EQ(api.get("/api/v1/alerts", "").status, 401);
  EXPECT_EQ(api.log.all("tokens_not_read").size(), 1U);
}

TEST(Access, S9_NothingIsCachedNorForOtherOrigins) {
  ApiOptions options;
  options.policy.hsts = true;
  OperatorsUnderTest api(options);
  std::vector<net::HttpResponse> answers{
      api.get("/api/v1/alerts", ""),
      api.get("/api/v1/alerts", "acl_nonsense"),
      api.get("/api/v1/alerts?limit=0"),
      api.post("/api/v1/incidents/x/ack", "read"),
      api.get("/api/v1/nothing"),
      api.ask({"PUT", "/api/v1/tokens", "admin", "", {}}),
      api.ask({"OPTIONS", "/api/v1/alerts", "", "", {{"Origin", "https://example.com"}}}),
      api.post("/api/v1/tokens", "admin", "{"),
      api.get("/api/v1/alerts"),
      api.get("/api/v1/tokens", "admin")};
  answers.push_back(api.post("/api/v1/alerts/x/replay", "write"));
  for (const auto& answer : answers) {
    EXPECT_EQ(header_of(answer, "Cache-Control"), "no-store") << answer.status;
    EXPECT_EQ(header_of(answer, "Content-Security-Policy"), content_security_policy) << answer.status;
    EXPECT_EQ(header_of(answer, "X-Content-Type-Options"), "nosniff") << answer.status;
    EXPECT_NE(header_of(answer, "Strict-Transport-Security"), "") << answer.status;
    EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "") << answer.status;
  }
  EXPECT_EQ(answers[6].status, 204);
  EXPECT_EQ(header_of(answers[6], "Allow"), "GET, HEAD, OPTIONS");
}

TEST(Access, MetricsMayNeedAReadToken) {
  ApiOptions options;
  options.metrics = MetricsAccess::token;
  OperatorsUnderTest api(options);
  api.client = "127.0.0.1";
  EXPECT_EQ(api.get("/metrics", "").status, 401);
  EXPECT_EQ(header_of(api.get("/metrics", ""), "WWW-Authenticate"), "Bearer realm=\"allclear\"");
  EXPECT_EQ(api.get("/metrics", "ingest").status, 403);
  for (const char* token : {"read", "write", "admin"}) {
    const auto answer = api.get("/metrics", token);
    EXPECT_EQ(answer.status, 200) << token;
    EXPECT_THAT(*answer.body, HasSubstr("allclear_build_info"));
  }
}

}  // namespace
}  // namespace allclear::api
