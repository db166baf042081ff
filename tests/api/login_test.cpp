// The login's pages (S2, S4, S9): what a form needs, what is told to whom, and how often a password may be tried.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/api/assets.h"
#include "adapters/api/headers.h"
#include "tests/api/operators_fixture.h"

namespace allclear::api {
namespace {

namespace login_test {

using test::cookie_line;
using test::cookie_value;
using test::field_in;
using test::header_of;
using test::OperatorsUnderTest;
using test::own_host;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view wrong = "User or password is wrong.";

std::vector<net::HttpField> form_headers(const std::string& cookie) {
  return {{"Host", own_host},
          {"Origin", "https://" + own_host},
          {"Content-Type", "application/x-www-form-urlencoded"},
          {"Cookie", cookie}};
}

TEST(Login, LeadsWhoIsRightToWhereTheyWanted) {
  OperatorsUnderTest api;
  api.make_user("admin");
  const auto answer = api.log_in("  Admin ", api.password, "/ops/incidents/7?tab=1");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(header_of(answer, "Location"), "/ops/incidents/7?tab=1");
  const std::string session = cookie_value(answer, "allclear");
  EXPECT_EQ(session.size(), 52U) << "256 bits in base32";
  EXPECT_EQ(cookie_line(answer, "allclear"),
            "allclear=" + session + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800");
  EXPECT_THAT(cookie_line(answer, "allclear-login"), HasSubstr("Max-Age=0"));
  const auto shell = api.ask({"GET", "/ops/", "", "", {{"Cookie", "allclear=" + session}}});
  EXPECT_EQ(shell.status, 200);
  EXPECT_EQ(api.log.all("logged_in").at(0).fields.at("user"), "admin");
  const auto again = api.ask({"GET", "/ops/login?next=/ops/alerts", "", "", {{"Cookie", "allclear=" + session}}});
  EXPECT_EQ(again.status, 303);
  EXPECT_EQ(header_of(again, "Location"), "/ops/alerts") << "whoever is in needs no form";
}

TEST(Login, S2_OverTlsTheCookieIsBoundToTheHost) {
  OperatorsUnderTest api;
  api.secure = true;
  api.make_user("admin");
  const auto answer = api.log_in("admin", api.password);
  EXPECT_THAT(cookie_line(answer, "__Host-allclear"), testing::EndsWith("; Secure"));
  EXPECT_THAT(cookie_line(answer, "__Host-allclear"), HasSubstr("; Path=/; HttpOnly; SameSite=Lax;"));
  EXPECT_TRUE(cookie_line(answer, "allclear").empty());
  EXPECT_TRUE(api.log.all("login_without_tls").empty());
}

TEST(Login, S2_OverPlainHttpItIsWarnedOfOnce) {
  OperatorsUnderTest api;
  for (int i = 0; i < 3; ++i) api.log_in("nobody", "whatever");
  EXPECT_EQ(api.log.all("login_without_tls").size(), 1U);
  OperatorsUnderTest local;
  local.client = "127.0.0.1";
  local.log_in("nobody", "whatever");
  EXPECT_TRUE(local.log.all("login_without_tls").empty()) << "nobody listens on the way";
}

TEST(Login, S4_WrongUnknownAndDisabledReadTheSame) {
  OperatorsUnderTest api;
  api.make_user("admin");
  api.make_user("viewer");
  EXPECT_TRUE(api.users().set_standing("viewer", UserStanding::disabled, api.clock.at.wall));
  const auto told = [&](const std::string& user, const std::string& password) {
    const auto page = api.log_in(user, password);
    EXPECT_EQ(page.status, 401) << user;
    EXPECT_EQ(header_of(page, "Cache-Control"), "no-store");
    EXPECT_TRUE(cookie_line(page, "allclear").empty());
    std::string body = *page.body;
    for (const std::string& own : {field_in(page, "csrf"), user}) {
      for (auto at = body.find(own); !own.empty() && at != std::string::npos; at = body.find(own))
        body.erase(at, own.size());
    }
    api.clock.pass(std::chrono::minutes(16));
    return body;
  };
  const std::string about_wrong = told("admin", "not this one");
  EXPECT_THAT(about_wrong, HasSubstr(wrong));
  EXPECT_EQ(told("nobody", "not this one"), about_wrong);
  EXPECT_EQ(told("viewer", api.password), about_wrong);
  EXPECT_THAT(told("<b>", "x"), HasSubstr(wrong));
  EXPECT_THAT(told("admin", std::string(2'000, 'x')), HasSubstr(wrong));
  for (const auto& event : api.log.all("login_failed")) {
    EXPECT_FALSE(event.fields.contains("user")) << "it may be a password in the wrong field";
  }
}

TEST(Login, S17_WhatWasTypedIsTextOnThePage) {
  OperatorsUnderTest api;
  const auto page = api.log_in("\"><script>alert(1)</script>", "x", "/ops/\"><script>");
  EXPECT_THAT(*page.body, Not(HasSubstr("<script>")));
  EXPECT_EQ(field_in(page, "next"), "/ops/");
}

TEST(Login, S4_FiveFailuresOfAnAccountThenItWaits) {
  OperatorsUnderTest api;
  api.make_user("admin");
  for (int i = 0; i < 5; ++i) {
    api.client = "198.51.100." + std::to_string(i);
    EXPECT_EQ(api.log_in("admin", "wrong " + std::to_string(i)).status, 401);
    api.clock.pass(seconds(10));
  }
  api.client = "198.51.100.77";
  const auto slowed = api.log_in("admin", api.password);
  EXPECT_EQ(slowed.status, 429) << "right or not, it is not judged";
  EXPECT_EQ(header_of(slowed, "Retry-After"), "890");
  EXPECT_THAT(*slowed.body, HasSubstr("Too many wrong tries. Try again in"));
  EXPECT_EQ(api.log_in("other", "wrong").status, 401) << "another account from there";
  api.clock.pass(seconds(890));
  EXPECT_EQ(api.log_in("admin", api.password).status, 303);
}

TEST(Login, S4_FiveFailuresOfAnAddressThenItWaits) {
  OperatorsUnderTest api;
  api.make_user("admin");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(api.log_in("user" + std::to_string(i), "wrong").status, 401);
    api.clock.pass(seconds(10));
  }
  EXPECT_EQ(api.log_in("admin", api.password).status, 429);
  api.client = "198.51.100.77";
  EXPECT_EQ(api.log_in("admin", api.password).status, 303) << "others are not held up";
}

TEST(Login, S2_AFormNeedsItsCookieItsCsrfAndAPageOfOurs) {
  OperatorsUnderTest api;
  api.make_user("admin");
  const auto page = api.ask({"GET", "/ops/login", "", "", {}});
  const std::string cookie = "allclear-login=" + cookie_value(page, "allclear-login");
  const std::string fields = "user=admin&password=correct+horse&csrf=";
  const std::string csrf = field_in(page, "csrf");
  const auto sent = [&](const std::string& body, const std::vector<net::HttpField>& headers) {
    return api.ask({"POST", "/ops/login", "", body, headers});
  };
  const auto own = form_headers(cookie);
  EXPECT_EQ(sent(fields, own).status, 403);
  EXPECT_EQ(sent(fields + std::string(64, 'a'), own).status, 403);
  EXPECT_EQ(sent(fields + csrf, form_headers("x=y")).status, 403);
  const auto other = api.ask({"GET", "/ops/login", "", "", {}});
  const auto stale = sent(fields + field_in(other, "csrf"), own);
  EXPECT_EQ(stale.status, 403) << "another browser's";
  EXPECT_THAT(*stale.body, HasSubstr("too old"));
  EXPECT_EQ(field_in(stale, "csrf"), csrf) << "the page that comes back works";
  auto foreign = own;
  foreign[1].value = "https://evil.example.com";
  EXPECT_EQ(sent(fields + csrf, foreign).status, 403);
  auto untyped = own;
  untyped[2].value = "text/plain";
  EXPECT_EQ(sent(fields + csrf, untyped).status, 415);
  EXPECT_EQ(sent(fields + csrf + "&x=%zz", own).status, 400);
  EXPECT_EQ(sent(fields + csrf + "&x=" + std::string(9'000, 'x'), own).status, 413);
  EXPECT_TRUE(api.log.all("logged_in").empty());
  EXPECT_EQ(sent(fields + csrf, own).status, 303);
}

TEST(Login, WhenTooManyWaitItSaysSoAndCountsNoFailure) {
  OperatorsUnderTest api;
  api.make_user("admin");
  api.logins_full = true;
  for (int i = 0; i < 8; ++i) {
    const auto busy = api.log_in("admin", api.password);
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(header_of(busy, "Retry-After"), "2");
  }
  api.logins_full = false;
  EXPECT_EQ(api.log_in("admin", api.password).status, 303);
}

TEST(Login, SaysHowToMakeTheFirstUserOnlyWhileThereIsNone) {
  OperatorsUnderTest api;
  EXPECT_THAT(*api.ask({"GET", "/ops/login", "", "", {}}).body, HasSubstr("allclear user create"));
  api.make_user("viewer");
  api.clock.pass(seconds(1));
  EXPECT_THAT(*api.ask({"GET", "/ops/login", "", "", {}}).body, Not(HasSubstr("allclear user create")));
}

TEST(Login, NextLeadsNowhereElse) {
  for (const char* good : {"/ops/", "/ops/services/shop?range=1h&x=%20", "/ops/incidents/1#top"}) {
    EXPECT_EQ(safe_next(good), good);
  }
  for (const std::string bad : {"", "/", "//evil.com", "https://evil.com/ops/", "/ops", "/opsx", "/ops/login",
                                "/ops/login?next=/ops/x", "/ops/logout", "/ops/../admin", "/ops/a\r\nSet-Cookie: a=b",
                                "/ops/\\evil", "/ops/a b", "/ops/\xc3\xa9", "javascript:alert(1)"}) {
    EXPECT_EQ(safe_next(bad), "/ops/") << bad;
  }
  EXPECT_EQ(safe_next("/ops/" + std::string(2'000, 'x')), "/ops/");
}

TEST(Shell, SendsWhoIsNotLoggedInToTheLoginAndBack) {
  OperatorsUnderTest api;
  const auto sent = api.ask({"GET", "/ops/services/a%20c?range=1h&q=a%26b", "", "", {}});
  EXPECT_EQ(sent.status, 303);
  EXPECT_EQ(header_of(sent, "Location"), "/ops/login?next=/ops/services/a%2520c%3Frange%3D1h%26q%3Da%2526b");
  EXPECT_EQ(header_of(api.ask({"GET", "/ops", "", "", {}}), "Location"), "/ops/");
  const auto form = api.ask({"GET", header_of(sent, "Location"), "", "", {}});
  EXPECT_EQ(field_in(form, "next"), "/ops/services/a%20c?range=1h&amp;q=a%26b");
}

TEST(Shell, LoadsTheDashboardOrSaysThatItIsNotThere) {
  OperatorsUnderTest api;
  const auto shell = api.ask({"GET", "/ops/incidents/7", "", "", api.carried("viewer")});
  EXPECT_EQ(shell.status, 200);
  const Asset* script = find_asset("ops.js");
  const std::string expected = script == nullptr ? "No dashboard here" : "<script src=\"" + std::string(script->path);
  EXPECT_THAT(*shell.body, HasSubstr(expected));
  EXPECT_THAT(*shell.body, Not(HasSubstr(" style=")));
}

TEST(Shell, S9_AllOfItCarriesThePolicyAndIsKeptNowhere) {
  OperatorsUnderTest api;
  api.make_user("operator");
  const auto cookie = api.carried("admin");
  for (const auto& answer :
       {api.ask({"GET", "/ops", "", "", {}}), api.ask({"GET", "/ops/", "", "", {}}),
        api.ask({"GET", "/ops/", "", "", cookie}), api.ask({"GET", "/ops/login", "", "", {}}),
        api.log_in("nobody", "x"), api.log_in("operator", api.password), api.ask({"PUT", "/ops/login", "", "", {}}),
        api.ask({"GET", "/ops/logout", "", "", {}}), api.ask({"POST", "/ops/", "", "", {}}),
        api.ask({"OPTIONS", "/ops/login", "", "", {}}), api.ask({"GET", "/api/v1/session", "", "", cookie})}) {
    EXPECT_EQ(header_of(answer, "Content-Security-Policy"), content_security_policy) << answer.status;
    EXPECT_EQ(header_of(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_FALSE(header_of(answer, "Referrer-Policy").empty());
    EXPECT_EQ(header_of(answer, "Cache-Control"), "no-store");
    EXPECT_TRUE(header_of(answer, "Access-Control-Allow-Origin").empty());
  }
  EXPECT_EQ(api.ask({"PUT", "/ops/login", "", "", {}}).status, 405);
  EXPECT_EQ(header_of(api.ask({"GET", "/ops/logout", "", "", {}}), "Allow"), "POST, OPTIONS");
  EXPECT_EQ(api.ask({"POST", "/ops/", "", "", {}}).status, 405);
}

TEST(Logout, EndsTheSessionAtOnce) {
  OperatorsUnderTest api;
  const std::string session = api.session_of("admin");
  const auto own = form_headers("allclear=" + session);
  EXPECT_EQ(api.ask({"POST", "/ops/logout", "", "csrf=x", own}).status, 403);
  auto foreign = own;
  foreign[1].value = "https://evil.example.com";
  EXPECT_EQ(api.ask({"POST", "/ops/logout", "", "csrf=" + csrf_of(session), foreign}).status, 403);
  EXPECT_EQ(api.ask({"GET", "/ops/", "", "", own}).status, 200);
  const auto gone = api.ask({"POST", "/ops/logout", "", "csrf=" + csrf_of(session), own});
  EXPECT_EQ(gone.status, 303);
  EXPECT_EQ(header_of(gone, "Location"), "/ops/login");
  EXPECT_THAT(cookie_line(gone, "allclear"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(api.ask({"GET", "/ops/", "", "", own}).status, 303);
  EXPECT_EQ(api.log.all("logged_out").at(0).fields.at("user"), "admin");
  EXPECT_EQ(api.ask({"POST", "/ops/logout", "", "", own}).status, 303) << "who is out stays out";
}

}  // namespace login_test
}  // namespace
}  // namespace allclear::api
