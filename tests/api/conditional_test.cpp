// Entity tags, preconditions and keys of the operators' routes.
#include "adapters/api/conditional.h"

#include <gtest/gtest.h>

#include "tests/api/operators_fixture.h"

namespace allclear::api::conditional_test {
namespace {

using test::header_of;
using test::OperatorsUnderTest;

class Conditions : public testing::Test {
 protected:
  Conditions() {
    incident_ = api_.open_incident("shop", api_.clock.at.wall);
    path_ = "/api/v1/incidents/" + std::string(incident_.id.value());
    api_.operations.result.incident = incident_;
  }
  net::HttpResponse write(std::vector<net::HttpField> headers, const std::string& target = "") {
    return api_.ask({"POST", target.empty() ? path_ + "/ack" : target, "write", "", std::move(headers)});
  }

  OperatorsUnderTest api_;
  Incident incident_;
  std::string path_;
};

TEST_F(Conditions, WhatWasReadIsNotSentAgain) {
  const auto first = api_.get(path_);
  const std::string etag = header_of(first, "ETag");
  ASSERT_FALSE(etag.empty());
  const auto again = api_.ask({"GET", path_, "read", "", {{"If-None-Match", etag}}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, nullptr);
  EXPECT_EQ(header_of(again, "ETag"), etag);
  EXPECT_EQ(api_.ask({"GET", path_, "read", "", {{"If-None-Match", "\"other\""}}}).status, 200);
  EXPECT_EQ(api_.ask({"GET", "/api/v1/incidents", "", "", {{"If-None-Match", "*"}}}).status, 401) << "first who asks";
}

TEST_F(Conditions, AWriteWithTheTagThatWasReadIsCarriedOutOnlyIfNothingChanged) {
  const std::string etag = header_of(api_.get(path_), "ETag");
  EXPECT_EQ(write({{"If-Match", etag}}).status, 200);
  EXPECT_EQ(api_.operations.asked.back().seen, incident_.timeline.back().ordinal);
  EXPECT_EQ(header_of(write({{"If-Match", "\"a\", " + etag}}), "ETag"), etag) << "the fake answers with it as it was";
  EXPECT_EQ(write({{"If-Match", "*"}}).status, 200);
  api_.operations.asked.clear();
  EXPECT_EQ(write({{"If-Match", "\"0123456789abcdef\""}}).status, 412);
  EXPECT_EQ(write({{"If-Match", "W/" + etag}}).status, 412) << "weak tags do not say that nothing changed";
  EXPECT_TRUE(api_.operations.asked.empty());
}

TEST_F(Conditions, WhatChangedOnTheWayIsA412Too) {
  api_.operations.result = {OperationOutcome::stale, "look again"};
  EXPECT_EQ(write({{"If-Match", "*"}}).status, 412);
}

TEST_F(Conditions, WhatIsNotThereIsNotThereWithAConditionToo) {
  api_.operations.result = {OperationOutcome::not_found, "there is no such incident"};
  EXPECT_EQ(write({{"If-Match", "*"}}, "/api/v1/incidents/none/ack").status, 404);
}

TEST_F(Conditions, WhereNothingHasATagNoConditionHolds) {
  EXPECT_EQ(write({{"If-Match", "*"}}, "/api/v1/services/shop/check").status, 412);
}

TEST_F(Conditions, TheKeyAndWhatItStandsForReachTheMonitor) {
  write({{"Idempotency-Key", "\"5d1c-9\""}});
  const Operation first = api_.operations.asked.back();
  EXPECT_EQ(first.key, "5d1c-9");
  write({{"idempotency-key", "5d1c-9"}});
  EXPECT_EQ(api_.operations.asked.back().key, first.key);
  EXPECT_EQ(api_.operations.asked.back().fingerprint, first.fingerprint);
  write({{"Idempotency-Key", "5d1c-9"}}, "/api/v1/services/shop/check");
  EXPECT_NE(api_.operations.asked.back().fingerprint, first.fingerprint);
  write({});
  EXPECT_EQ(api_.operations.asked.back().key, "");
}

TEST_F(Conditions, AKeyThatIsNoneIsRefused) {
  for (const std::string& key :
       {std::string(), std::string("\"\""), std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa9")})
    EXPECT_EQ(write({{"Idempotency-Key", key}}).status, 400) << key;
  EXPECT_EQ(write({{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}).status, 400);
  EXPECT_TRUE(api_.operations.asked.empty());
}

TEST_F(Conditions, AnotherRequestUnderTheSameKeyIsA422) {
  api_.operations.result = {OperationOutcome::key_reused, "this Idempotency-Key was another request's"};
  EXPECT_EQ(write({{"Idempotency-Key", "a"}}).status, 422);
}

}  // namespace
}  // namespace allclear::api::conditional_test
