// /ping/TOKEN: whose ping it is, what it says, and what its sender is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/digest.h"
#include "tests/api/operators_fixture.h"

namespace allclear::api {
namespace {

using test::header_of;
using test::json_of;
using test::OperatorsUnderTest;

constexpr auto run_id = "123e4567-e89b-12d3-a456-426614174000";

class Pings : public testing::Test {
 protected:
  std::string path(const std::string& rest = "") const { return "/ping/" + api_.text_of("ping") + rest; }
  net::HttpResponse send(const std::string& method, const std::string& target, const std::string& body = "") {
    return api_.ask({method, target, "", body, {}});
  }
  const Ping& last() const { return std::get<Ping>(api_.operations.asked.back().action); }

  OperatorsUnderTest api_;
};

TEST_F(Pings, GetHeadAndPostTellThatTheJobRan) {
  for (const char* method : {"GET", "HEAD", "POST"}) {
    const auto answer = send(method, path());
    EXPECT_EQ(answer.status, 200) << method;
    EXPECT_EQ(header_of(answer, "Cache-Control"), "no-store");
    EXPECT_EQ(last().service, ServiceId("backup"));
    EXPECT_EQ(last().kind, PingKind::success);
  }
  EXPECT_EQ(api_.operations.asked.size(), 3U);
  EXPECT_EQ(api_.operations.asked.back().who, "ping");
}

TEST_F(Pings, ThePathSaysWhatHappened) {
  struct Case {
    const char* rest;
    PingKind kind;
    int exit_code;
  };
  for (const Case& one :
       {Case{"/start", PingKind::start, 0}, Case{"/fail", PingKind::fail, 0}, Case{"/log", PingKind::log, 0},
        Case{"/0", PingKind::success, 0}, Case{"/3", PingKind::fail, 3}, Case{"/255", PingKind::fail, 255}}) {
    EXPECT_EQ(send("POST", path(one.rest), "text").status, 200) << one.rest;
    EXPECT_EQ(last().kind, one.kind) << one.rest;
    EXPECT_EQ(last().exit_code, one.exit_code) << one.rest;
    EXPECT_EQ(last().detail, "text");
  }
}

TEST_F(Pings, WhatMeansNothingIsNotFound) {
  for (const char* rest : {"/256", "/-1", "/stop", "/", "/start/", "/0x1", "/1/2"}) {
    EXPECT_EQ(send("GET", path(rest)).status, 404) << rest;
  }
  EXPECT_EQ(send("GET", "/ping/").status, 404);
  EXPECT_TRUE(api_.operations.asked.empty());
}

TEST_F(Pings, OtherMethodsAreTold) {
  for (const char* method : {"PUT", "DELETE", "PATCH"}) {
    const auto answer = send(method, path());
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(header_of(answer, "Allow"), "GET, HEAD, POST, OPTIONS");
  }
  EXPECT_EQ(send("OPTIONS", path()).status, 204);
  EXPECT_TRUE(api_.operations.asked.empty());
}

TEST_F(Pings, ARunIsNamedByAUuid) {
  EXPECT_EQ(send("GET", path("/start?rid=") + run_id).status, 200);
  EXPECT_EQ(last().run, run_id);
  for (const char* wrong : {"", "7", "123e4567-e89b-12d3-a456-42661417400g"}) {
    const auto answer = send("GET", path("/start?rid=") + wrong);
    EXPECT_EQ(answer.status, 400) << wrong;
    EXPECT_EQ(json_of(answer)["errors"][0]["parameter"], "rid");
  }
}

TEST_F(Pings, OfTheBodyFourKibAreKeptAsPlainText) {
  EXPECT_EQ(send("POST", path("/fail"), std::string(10'000, 'x') + "\x1b[31m").status, 200);
  EXPECT_LE(last().detail.size(), 4096U);
  EXPECT_EQ(send("POST", path("/fail"), "a\x1b[31mb\xff").status, 200);
  EXPECT_THAT(last().detail, testing::Not(testing::HasSubstr("\x1b")));
}

TEST_F(Pings, S1_OnlyTheRightTokenOpensIt) {
  for (const char* name : {"read", "admin", "expired", "revoked"}) {
    EXPECT_EQ(send("GET", "/ping/" + api_.text_of(name)).status, 404) << name;
  }
  EXPECT_EQ(send("GET", "/ping/backup").status, 404);
  EXPECT_TRUE(api_.operations.asked.empty());
}

TEST_F(Pings, S1_WhoGuessesHasToWaitAndWhoKnowsHasNot) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(send("GET", "/ping/guess").status, 404);
  const auto answer = send("GET", "/ping/guess");
  EXPECT_EQ(answer.status, 429);
  EXPECT_NE(header_of(answer, "Retry-After"), "");
  EXPECT_EQ(send("GET", path()).status, 200);
}

TEST_F(Pings, NoAnswerRepeatsTheToken) {
  for (const auto& answer :
       {send("GET", path("/stop")), send("PUT", path()), send("GET", path("?rid=1")), send("GET", path())}) {
    EXPECT_THAT(*answer.body, testing::Not(testing::HasSubstr(api_.text_of("ping"))));
  }
}

TEST_F(Pings, TheAnswerComesWhenThePingIsStored) {
  api_.operations.keep = true;
  EXPECT_EQ(send("GET", path()).status, 0);
  ASSERT_EQ(api_.operations.kept.size(), 1U);
}

TEST_F(Pings, WhatCouldNotBeTakenIsSaid) {
  for (const auto& [outcome, status] : {std::pair{OperationOutcome::not_found, 404},
                                        {OperationOutcome::refused, 409},
                                        {OperationOutcome::unavailable, 503}}) {
    api_.operations.result = {outcome, "because", std::nullopt};
    EXPECT_EQ(send("GET", path()).status, status);
  }
}

TEST_F(Pings, WhileTokensCannotBeReadTheSenderIsToldToComeAgain) {
  api_.break_tokens();
  api_.clock.pass(seconds(61));
  const auto answer = send("GET", path());
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(header_of(answer, "Retry-After"), "5");
}

TEST_F(Pings, ATokenOfTheConfigIsKnown) {
  HeartbeatTarget target;
  target.token_digest = net::sha256("0123456789abcdef");
  api_.add_service(ServiceId("nightly"), target);
  EXPECT_EQ(send("GET", "/ping/0123456789abcdef/fail").status, 200);
  EXPECT_EQ(last().service, ServiceId("nightly"));
  EXPECT_EQ(api_.operations.asked.back().who, "config");
  EXPECT_EQ(send("GET", "/ping/0123456789abcdeF").status, 404);
}

}  // namespace
}  // namespace allclear::api
