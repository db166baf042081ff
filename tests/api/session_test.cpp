// Who may ask what by a login (S2, S5): every route with every role, and what a page of others cannot do.
#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/own_pages.h"
#include "tests/api/operators_fixture.h"

namespace allclear::api {
namespace {

namespace session_test {

using test::cookie_line;
using test::header_of;
using test::json_of;
using test::OperatorsUnderTest;
using test::own_host;
using testing::HasSubstr;

std::string target_of(const OperatorRoute& route) {
  std::string path(route.path);
  if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "x");
  return path;
}

std::vector<net::HttpField> with(std::vector<net::HttpField> headers, const std::string& name,
                                 const std::string& value) {
  std::erase_if(headers, [&](const net::HttpField& field) { return field.name == name; });
  if (!value.empty()) headers.push_back({name, value});
  return headers;
}

TEST(Session, S5_EveryRouteOpensToTheRolesThatMayUseItOnly) {
  OperatorsUnderTest api;
  const std::map<TokenScope, std::vector<std::string>> opened_by{{TokenScope::read, {"viewer", "operator", "admin"}},
                                                                 {TokenScope::write, {"operator", "admin"}},
                                                                 {TokenScope::ingest, {"admin"}},
                                                                 {TokenScope::admin, {"admin"}}};
  for (const OperatorRoute& route : OperatorApi::routes()) {
    const std::string method(route.method);
    for (const std::string role : {"viewer", "operator", "admin"}) {
      const int status = api.ask({method, target_of(route), "", "", api.carried(role)}).status;
      const auto& openers = opened_by.at(route.scope);
      if (std::find(openers.begin(), openers.end(), role) != openers.end()) {
        EXPECT_TRUE(status != 401 && status != 403 && status != 0) << method << route.path << " " << role << status;
      } else {
        EXPECT_EQ(status, 403) << method << " " << route.path << " " << role;
      }
    }
    const auto nobody = with(api.carried("admin"), "Cookie", "allclear=nonsense");
    EXPECT_EQ(api.ask({method, target_of(route), "", "", nobody}).status, 401) << method << " " << route.path;
  }
}

TEST(Session, S2_WhatChangesAnythingByASessionComesFromAPageOfOursWithItsCsrf) {
  OperatorsUnderTest api;
  const auto good = api.carried("admin");
  const auto asked = [&](const std::vector<net::HttpField>& headers) {
    return api.ask({"POST", "/api/v1/services/shop/check", "", "", headers}).status;
  };
  EXPECT_EQ(asked(good), 202);
  for (const char* origin : {"https://evil.example.com", "null", "https://status.example.com.evil.com",
                             "status.example.com", "https://status.example.com:8443", "https://x@status.example.com"}) {
    EXPECT_EQ(asked(with(good, "Origin", origin)), 403) << origin;
  }
  EXPECT_EQ(asked(with(good, "Host", own_host + ":443")), 202) << "a proxy that writes the port out";
  EXPECT_EQ(asked(with(good, "Host", own_host + ":80")), 403);
  EXPECT_EQ(asked(with(good, "Host", "")), 403);
  const auto no_origin = with(good, "Origin", "");
  EXPECT_EQ(asked(no_origin), 403) << "a browser says where it comes from";
  for (const char* site : {"cross-site", "same-site", "none"}) {
    EXPECT_EQ(asked(with(no_origin, "Sec-Fetch-Site", site)), 403) << site;
  }
  EXPECT_EQ(asked(with(no_origin, "Sec-Fetch-Site", "same-origin")), 202);
  EXPECT_EQ(asked(with(good, "X-CSRF-Token", "")), 403);
  EXPECT_EQ(asked(with(good, "X-CSRF-Token", csrf_of("another"))), 403);
  const auto denied = api.ask({"DELETE", "/api/v1/tokens/x", "", "", with(good, "X-CSRF-Token", "")});
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(header_of(denied, "Content-Type"), "application/problem+json");
  EXPECT_EQ(api.operations.asked.size(), 3U);
}

TEST(Session, S2_ReadingNeedsTheCookieAlone) {
  OperatorsUnderTest api;
  const auto cookie = with(with(with(api.carried("viewer"), "Origin", ""), "X-CSRF-Token", ""), "Host", "");
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", cookie}).status, 200);
  EXPECT_EQ(api.ask({"HEAD", "/api/v1/alerts", "", "", cookie}).status, 200);
}

TEST(Session, TellsWhoItIsAndWhatToSendAlong) {
  OperatorsUnderTest api;
  const auto answer = api.ask({"GET", "/api/v1/session", "", "", api.carried("operator")});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header_of(answer, "Cache-Control"), "no-store");
  const Json session = json_of(answer);
  EXPECT_EQ(session["user"], "operator");
  EXPECT_EQ(session["role"], "operator");
  EXPECT_EQ(session["csrf"], csrf_of(api.session_of("operator")));
  EXPECT_EQ(session["expires_at"], format_rfc3339(api.clock.at.wall + longest_idle_session));
  EXPECT_EQ(session["demo"], false);
  EXPECT_EQ(api.ask({"GET", "/api/v1/session", "", "", {}}).status, 401);
  EXPECT_EQ(api.get("/api/v1/session", "admin").status, 404) << "a token has none";
}

TEST(Session, S2_EndsIdleAndInTheEnd) {
  OperatorsUnderTest api;
  const auto cookie = api.carried("viewer");
  const auto status = [&] { return api.ask({"GET", "/api/v1/alerts", "", "", cookie}).status; };
  api.clock.pass(longest_idle_session - milliseconds(1));
  EXPECT_EQ(status(), 200);
  for (int i = 1; i < 14; ++i) {
    api.clock.pass(longest_idle_session - std::chrono::minutes(1));
    EXPECT_EQ(status(), 200) << "used again " << i;
  }
  api.clock.pass(std::chrono::minutes(14));
  EXPECT_EQ(status(), 401) << "after a week, used or not";
  const auto fresh = api.carried("admin");
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", fresh}).status, 200);
  api.clock.pass(longest_idle_session);
  const auto ended = api.ask({"GET", "/api/v1/alerts", "", "", fresh});
  EXPECT_EQ(ended.status, 401);
  EXPECT_THAT(json_of(ended)["detail"].get<std::string>(), HasSubstr("log in again"));
}

TEST(Session, S2_ADisabledUserAndAnOldPasswordOpenNothingWithinASecond) {
  OperatorsUnderTest api;
  const auto viewer = api.carried("viewer");
  const auto admin = api.carried("admin");
  EXPECT_TRUE(api.users().set_standing("viewer", UserStanding::disabled, api.clock.at.wall));
  EXPECT_TRUE(api.users().set_password("admin", "battery staple", api.clock.at.wall));
  api.clock.pass(seconds(1));
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", viewer}).status, 401);
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", admin}).status, 401);
}

TEST(Session, ARoleThatChangesHoldsWithinASecond) {
  OperatorsUnderTest api;
  const auto cookie = api.carried("admin");
  EXPECT_EQ(api.ask({"GET", "/api/v1/tokens", "", "", cookie}).status, 200);
  EXPECT_TRUE(api.users().set_role("admin", UserRole::viewer));
  api.clock.pass(seconds(1));
  EXPECT_EQ(api.ask({"GET", "/api/v1/tokens", "", "", cookie}).status, 403);
}

TEST(Session, ATokenThatIsSentIsJudgedByItselfAndNeedsNoCsrf) {
  OperatorsUnderTest api;
  auto headers = with(with(api.carried("admin"), "Origin", "https://evil.example.com"), "X-CSRF-Token", "");
  EXPECT_EQ(api.ask({"POST", "/api/v1/services/shop/check", "write", "", headers}).status, 202);
  EXPECT_EQ(api.ask({"POST", "/api/v1/services/shop/check", "read", "", api.carried("admin")}).status, 403);
  headers = with(api.carried("viewer"), "Authorization", "Basic YTpi");
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", headers}).status, 200) << "a proxy's own login";
}

TEST(Session, WhatWasDoneIsToldByTheUsersName) {
  OperatorsUnderTest api;
  EXPECT_EQ(api.ask({"POST", "/api/v1/services/shop/check", "", "", api.carried("operator")}).status, 202);
  EXPECT_EQ(api.operations.asked.at(0).who, "operator");
}

TEST(Session, S2_OverTlsOnlyTheCookieThatIsBoundToTheHostCounts) {
  OperatorsUnderTest api;
  const std::string text = api.session_of("viewer");
  api.secure = true;
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", {{"Cookie", "allclear=" + text}}}).status, 401);
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", {{"Cookie", "__Host-allclear=" + text}}}).status, 200);
}

TEST(Session, S1_WhatCannotBeReadLetsNobodyIn) {
  OperatorsUnderTest api;
  const auto cookie = api.carried("admin");
  api.break_tokens();
  api.clock.pass(seconds(2));
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", cookie}).status, 503);
  EXPECT_EQ(api.ask({"GET", "/ops/", "", "", cookie}).status, 503);
}

TEST(Demo, OpensToABrowserOnThisHostAndToNoPageOfOthers) {
  OperatorsUnderTest api({}, Entrance::loopback);
  api.client = "127.0.0.1";
  const auto status = [&](const std::string& host) {
    return api.ask({"GET", "/api/v1/alerts", "", "", {{"Host", host}}}).status;
  };
  for (const char* host : {"127.0.0.1:8080", "localhost:8080", "localhost", "LocalHost:1", "[::1]:8080", "127.1.2.3"}) {
    EXPECT_EQ(status(host), 200) << host;
  }
  for (const char* host : {"evil.example.com", "127.0.0.1.evil.com", "localhost.evil.com:8080", "", "[::2]", "[",
                           "10.0.0.1", "127.0.0.1evil", "[::1"}) {
    EXPECT_EQ(status(host), 401) << host;
  }
  const Json session = json_of(api.ask({"GET", "/api/v1/session", "", "", {{"Host", "localhost:1"}}}));
  EXPECT_EQ(session["user"], "demo");
  EXPECT_EQ(session["role"], "admin");
  EXPECT_EQ(session["demo"], true);
  const std::vector<net::HttpField> own{
      {"Host", "localhost:1"}, {"Origin", "http://localhost:1"}, {"X-CSRF-Token", session["csrf"].get<std::string>()}};
  EXPECT_EQ(api.ask({"POST", "/api/v1/services/shop/check", "", "", own}).status, 202);
  EXPECT_EQ(api.ask({"POST", "/api/v1/services/shop/check", "", "", with(own, "X-CSRF-Token", "")}).status, 403);
  const auto foreign = with(own, "Origin", "http://localhost:2");
  EXPECT_EQ(api.ask({"POST", "/api/v1/services/shop/check", "", "", foreign}).status, 403);
  EXPECT_EQ(api.ask({"GET", "/ops/", "", "", own}).status, 200);
  EXPECT_EQ(api.ask({"GET", "/ops/login", "", "", own}).status, 303);
  for (const char* proxy : {"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"}) {
    EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", with(own, proxy, "203.0.113.9")}).status, 401) << proxy;
  }
  api.client = "192.0.2.7";
  EXPECT_EQ(status("localhost"), 401);
}

TEST(Demo, IsNotServe) {
  OperatorsUnderTest api;
  api.client = "127.0.0.1";
  EXPECT_EQ(api.ask({"GET", "/api/v1/alerts", "", "", {{"Host", "localhost"}}}).status, 401);
  EXPECT_EQ(api.ask({"GET", "/ops/", "", "", {{"Host", "localhost"}}}).status, 303);
}

}  // namespace session_test
}  // namespace
}  // namespace allclear::api
