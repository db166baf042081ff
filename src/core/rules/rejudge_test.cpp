#include "core/rules/rejudge.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/rules/evaluate.h"
#include "tests/support/builders.h"

namespace allclear::rejudge_test {
namespace {

using test::http_target;
using test::make_check;
using test::wall;
using test::wall_s;

Check checked_by(Expectations expect, Target target = http_target("example.com", Scheme::https)) {
  Check check = make_check("web", "web", std::move(target));
  check.expect = CopyOnWrite<Expectations>(std::move(expect));
  return check;
}

CheckResult stored(Verdict verdict, Reason reason, int status = 0, milliseconds latency = milliseconds(300)) {
  CheckResult result;
  result.at = wall_s(10);
  result.verdict = verdict;
  result.reason = reason;
  result.status_code = status;
  result.latency = latency;
  if (verdict != Verdict::up) result.detail = "as it was found";
  return result;
}

void expect_judged(const CheckResult& result, Verdict verdict, Reason reason) {
  EXPECT_EQ(result.verdict, verdict);
  EXPECT_EQ(result.reason, reason);
}

void expect_kept(const Check& check, const CheckResult& result) {
  const CheckResult again = rejudge(check, result);
  expect_judged(again, result.verdict, result.reason);
  EXPECT_EQ(again.detail, result.detail);
}

Expectations latency_of(milliseconds limit) {
  Expectations expect;
  expect.latency = limit;
  return expect;
}

Expectations status_of(std::vector<StatusRange> ranges) {
  Expectations expect;
  expect.status = std::move(ranges);
  return expect;
}

TEST(Rejudge, AnotherLatencyMovesWhatWasFineBothWays) {
  expect_judged(rejudge(checked_by(latency_of(milliseconds(299))), stored(Verdict::up, Reason::ok, 200)),
                Verdict::degraded, Reason::slow);
  const CheckResult slow = stored(Verdict::degraded, Reason::slow, 200);
  expect_judged(rejudge(checked_by(latency_of(milliseconds(300))), slow), Verdict::up, Reason::ok);
  expect_judged(rejudge(checked_by({}), slow), Verdict::up, Reason::ok);
  EXPECT_TRUE(rejudge(checked_by({}), slow).detail.empty()) << "it told of the other judgement";
}

TEST(Rejudge, LatencyHoldsForEveryKindOfTarget) {
  const Check tcp = checked_by(latency_of(milliseconds(10)), TcpTarget{"db.internal", 5432, {}, {}, {}});
  expect_judged(rejudge(tcp, stored(Verdict::up, Reason::ok)), Verdict::degraded, Reason::slow);
}

TEST(Rejudge, AnotherStatusComesFirst) {
  const Check only_204 = checked_by(status_of({{204, 204}}));
  for (const Reason reason : {Reason::ok, Reason::slow, Reason::certificate_expiring, Reason::body_mismatch,
                              Reason::json_mismatch, Reason::unexpected_status})
    expect_judged(rejudge(only_204, stored(Verdict::degraded, reason, 200)), Verdict::down, Reason::unexpected_status);
  const Check also_404 = checked_by(status_of({{200, 299}, {404, 404}}));
  const CheckResult missing = stored(Verdict::down, Reason::unexpected_status, 404);
  expect_judged(rejudge(also_404, missing), Verdict::up, Reason::ok);
  Expectations impatient = status_of({{200, 499}});
  impatient.latency = milliseconds(100);
  expect_judged(rejudge(checked_by(impatient), missing), Verdict::degraded, Reason::slow);
}

TEST(Rejudge, ACertificateThatWasNotJudgedIsJudgedNow) {
  Expectations expect = status_of({{200, 499}});
  expect.certificate = std::chrono::hours(24 * 14);
  CheckResult missing = stored(Verdict::down, Reason::unexpected_status, 404);
  missing.certificate_expiry = missing.at + std::chrono::hours(24 * 13);
  expect_judged(rejudge(checked_by(expect), missing), Verdict::degraded, Reason::certificate_expiring);
  missing.certificate_expiry = missing.at + std::chrono::hours(24 * 15);
  expect_judged(rejudge(checked_by(expect), missing), Verdict::up, Reason::ok);
}

TEST(Rejudge, BodyAndCertificateStayAsTheyWereFound) {
  Expectations expect = latency_of(milliseconds(1));
  expect.body.push_back({"never seen", std::nullopt});
  expect.certificate = std::chrono::hours(24 * 400);
  const Check check = checked_by(expect);
  for (const Reason reason : {Reason::body_mismatch, Reason::json_mismatch, Reason::truncated})
    expect_kept(check, stored(Verdict::down, reason, 200));
  expect_kept(checked_by({}), stored(Verdict::degraded, Reason::certificate_expiring, 200));
}

TEST(Rejudge, WithoutAnAnswerItStays) {
  const Check check = checked_by(latency_of(milliseconds(1)));
  for (const Reason reason :
       {Reason::timeout, Reason::refused, Reason::reset, Reason::dns_failure, Reason::nxdomain, Reason::tls_expired,
        Reason::tls_untrusted, Reason::redirect_limit, Reason::protocol_error, Reason::servfail, Reason::missed})
    expect_kept(check, stored(Verdict::down, reason));
  for (const Reason reason : {Reason::local_fault, Reason::no_data, Reason::unsupported})
    expect_kept(check, stored(Verdict::unknown, reason));
}

TEST(Rejudge, ARedirectThatWasNotFollowedToItsEndIsNoAnswer) {
  expect_kept(checked_by(status_of({{200, 399}})), stored(Verdict::down, Reason::redirect_limit, 302));
}

TEST(Rejudge, TheExitCodeOfAJobIsNoStatus) {
  const Check job = checked_by(latency_of(milliseconds(1)), HeartbeatTarget{});
  expect_kept(job, stored(Verdict::down, Reason::unexpected_status, 3));
  expect_kept(job, stored(Verdict::up, Reason::ok, 0, std::chrono::minutes(30)));
  expect_kept(job, stored(Verdict::down, Reason::missed));
}

TEST(Rejudge, AStatusThatAnotherKindOfTargetSawSaysNothing) {
  const Check tcp = checked_by({}, TcpTarget{"db.internal", 5432, {}, {}, {}});
  expect_kept(tcp, stored(Verdict::down, Reason::unexpected_status, 503));
  expect_judged(rejudge(tcp, stored(Verdict::up, Reason::ok, 404)), Verdict::up, Reason::ok);
}

TEST(Rejudge, OfTheSameVerdictTheReasonMayDiffer) {
  const CheckResult again =
      rejudge(checked_by(status_of({{204, 204}})), stored(Verdict::down, Reason::body_mismatch, 200));
  expect_judged(again, Verdict::down, Reason::unexpected_status);
  EXPECT_TRUE(again.detail.empty());
}

TEST(Rejudge, AnAnswerWhoseCertificateNobodySawHasNone) {
  Expectations expect = status_of({{200, 499}});
  expect.certificate = std::chrono::hours(24 * 14);
  expect_judged(rejudge(checked_by(expect), stored(Verdict::down, Reason::unexpected_status, 404)), Verdict::up,
                Reason::ok);
}

TEST(Rejudge, AStatusThatWasNotStoredCannotBeJudgedAnew) {
  expect_kept(checked_by(status_of({{200, 599}})), stored(Verdict::down, Reason::unexpected_status, 0));
}

TEST(Rejudge, WhatCannotBeAskedAnyMoreIsUnknown) {
  const Check later = checked_by({}, UnsupportedTarget{"grpc"});
  expect_judged(rejudge(later, stored(Verdict::down, Reason::refused)), Verdict::unknown, Reason::unsupported);
}

Observation any_observation() {
  Observation seen;
  seen.started_at = wall(*rc::gen::inRange<std::int64_t>(0, 1'000'000));
  seen.total = microseconds(*rc::gen::inRange(1, 2'000'000));
  HttpFacts facts;
  facts.status = *rc::gen::element(200, 204, 304, 404, 503);
  facts.body = *rc::gen::element<std::string>("Welcome", "{\"ok\":true}", "");
  facts.body_ended_early = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
  seen.facts = facts;
  if (*rc::gen::arbitrary<bool>()) {
    const auto left = std::chrono::hours(24) * *rc::gen::inRange(-5, 40);
    seen.certificate = CertificateFacts{seen.started_at + left, "CN=a", "CN=b", {}, 1, ""};
  }
  if (*rc::gen::weightedElement<bool>({{4, false}, {1, true}})) {
    const Reason reason = *rc::gen::element(Reason::timeout, Reason::refused, Reason::nxdomain, Reason::tls_expired,
                                            Reason::redirect_limit, Reason::truncated, Reason::local_fault);
    seen.error = ProbeError{Phase::connect, reason, "x"};
  }
  return seen;
}

Expectations any_expectations() {
  Expectations expect;
  if (*rc::gen::arbitrary<bool>())
    expect.status = std::vector<StatusRange>{{200, *rc::gen::element(200, 299, 404, 599)}};
  if (*rc::gen::arbitrary<bool>()) expect.latency = milliseconds(*rc::gen::inRange(1, 2'000));
  if (*rc::gen::arbitrary<bool>()) expect.body.push_back({"Welcome", std::nullopt});
  if (*rc::gen::arbitrary<bool>()) expect.certificate = std::chrono::hours(24) * *rc::gen::inRange(1, 30);
  return expect;
}

RC_GTEST_PROP(RejudgeProperties, TheSameExpectationsGiveTheSameResult, ()) {
  const Check check = checked_by(any_expectations());
  const CheckResult result = evaluate(check, any_observation());
  const CheckResult again = rejudge(check, result);
  RC_ASSERT(again.verdict == result.verdict);
  RC_ASSERT(again.reason == result.reason);
  RC_ASSERT(again.phase == result.phase);
  RC_ASSERT(again.detail == result.detail);
}

// Where both were judged on the same facts, it makes no difference which expectations came first.
RC_GTEST_PROP(RejudgeProperties, OtherStatusAndLatencyAreJudgedAsEvaluateWould, ()) {
  Expectations then = any_expectations();
  then.body.clear();
  then.certificate.reset();
  Expectations now = any_expectations();
  now.body.clear();
  now.certificate.reset();
  Observation seen = any_observation();
  std::get<HttpFacts>(seen.facts).body_ended_early = false;
  const CheckResult again = rejudge(checked_by(now), evaluate(checked_by(then), seen));
  const CheckResult expected = evaluate(checked_by(now), seen);
  RC_ASSERT(again.verdict == expected.verdict);
  RC_ASSERT(again.reason == expected.reason);
}

}  // namespace
}  // namespace allclear::rejudge_test
