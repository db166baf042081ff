#include "core/rules/evaluate.h"

#include <gtest/gtest.h>

#include "core/rules/evidence.h"
#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::http_target;
using test::make_check;
using test::wall;
using test::wall_s;

Check check_with(Expectations expect, Target target = http_target()) {
  Check check = make_check("web", "web", std::move(target));
  check.expect = CopyOnWrite<Expectations>(std::move(expect));
  return check;
}

Observation seen(ProtocolFacts facts = {}) {
  Observation observation;
  observation.started_at = wall(5);
  observation.total = microseconds(12'300);
  observation.timings.connect = microseconds(1'100);
  observation.facts = std::move(facts);
  return observation;
}

Observation seen_status(int status) {
  HttpFacts facts;
  facts.status = status;
  return seen(std::move(facts));
}

Observation seen_error(Phase phase, Reason reason, std::string detail = "", std::string address = "") {
  Observation observation = seen();
  observation.error = ProbeError{phase, reason, std::move(detail)};
  observation.address = std::move(address);
  return observation;
}

Observation with_certificate(Observation observation, WallTime expiry) {
  observation.certificate = CertificateFacts{expiry, "CN=example.com", "CN=CA", {"example.com"}, 2, ""};
  return observation;
}

TEST(Evaluate, UpCarriesTheFiguresAndNoEvidence) {
  const CheckResult result = evaluate(check_with({}), seen_status(204));
  EXPECT_EQ(result.verdict, Verdict::up);
  EXPECT_EQ(result.reason, Reason::ok);
  EXPECT_EQ(result.at, wall(5));
  EXPECT_EQ(result.latency, microseconds(12'300));
  EXPECT_EQ(result.timings.connect, microseconds(1'100));
  EXPECT_EQ(result.status_code, 204);
  EXPECT_TRUE(result.detail.empty());
  EXPECT_FALSE(result.certificate_expiry.has_value());
}

TEST(Evaluate, EveryReasonOfAnErrorHasItsVerdict) {
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    const CheckResult result = evaluate(check_with({}), seen_error(Phase::connect, reason));
    const bool ours = reason == Reason::local_fault || reason == Reason::unsupported;
    EXPECT_EQ(result.verdict, ours ? Verdict::unknown : Verdict::down) << to_string(reason);
    EXPECT_EQ(result.reason, reason);
    EXPECT_EQ(result.phase, Phase::connect);
    EXPECT_FALSE(result.detail.empty());
  }
}

TEST(Evaluate, AnErrorTellsTargetPhaseCauseAndAddress) {
  const CheckResult plain = evaluate(check_with({}), seen_error(Phase::connect, Reason::refused, "", "127.0.0.1:81"));
  EXPECT_EQ(plain.detail, "http://example.com/ connect: connection refused (127.0.0.1:81)");
  const CheckResult worded = evaluate(check_with({}), seen_error(Phase::tls, Reason::tls_failure, "alert 40"));
  EXPECT_EQ(worded.detail, "http://example.com/ tls: alert 40");
}

TEST(Evaluate, WhatMayComeOfALongStopOfOursSaysNothingAboutTheTarget) {
  const auto after_stop = [](Observation observation) {
    observation.longest_stop = microseconds(2'300'000);
    return evaluate(check_with({}), observation);
  };
  HttpFacts cut_short;
  cut_short.status = 200;
  cut_short.body_ended_early = true;
  for (const Observation& observation :
       {seen_error(Phase::first_byte, Reason::reset), seen_error(Phase::tls, Reason::tls_failure),
        seen_error(Phase::first_byte, Reason::protocol_error), seen_error(Phase::dns, Reason::timeout),
        seen_error(Phase::dns, Reason::dns_failure), seen(cut_short)}) {
    const CheckResult result = after_stop(observation);
    EXPECT_EQ(result.verdict, Verdict::unknown);
    EXPECT_EQ(result.reason, Reason::local_fault);
    EXPECT_EQ(result.detail.find("this monitor stood still for 2.3 s meanwhile; "), 0u) << result.detail;
    EXPECT_EQ(evaluate(check_with({}), observation).verdict, Verdict::down) << "without a stop";
  }
  for (const Observation& observation :
       {seen_error(Phase::first_byte, Reason::timeout), seen_error(Phase::connect, Reason::refused),
        seen_error(Phase::dns, Reason::nxdomain), seen_status(500)})
    EXPECT_EQ(after_stop(observation).verdict, Verdict::down);
  EXPECT_EQ(after_stop(seen_status(200)).verdict, Verdict::up);
}

TEST(Evaluate, AnErrorComesBeforeWhatWasSeen) {
  Observation observation = seen_status(200);
  observation.error = ProbeError{Phase::transfer, Reason::timeout, ""};
  const CheckResult result = evaluate(check_with({}), observation);
  EXPECT_EQ(result.verdict, Verdict::down);
  EXPECT_EQ(result.reason, Reason::timeout);
  EXPECT_EQ(result.status_code, 200);
}

TEST(Evaluate, AnUnsupportedTargetIsUnknown) {
  const CheckResult result = evaluate(check_with({}, UnsupportedTarget{"grpc"}), seen());
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_EQ(result.reason, Reason::unsupported);
  EXPECT_EQ(result.detail, "grpc checks are not supported yet");
}

TEST(Evaluate, AboveTheLatencyIsDegraded) {
  Expectations expect;
  expect.latency = milliseconds(12);
  const CheckResult slow = evaluate(check_with(expect), seen_status(200));
  EXPECT_EQ(slow.verdict, Verdict::degraded);
  EXPECT_EQ(slow.reason, Reason::slow);
  EXPECT_EQ(slow.detail, "took 12.3 ms, expected at most 12 ms");
  expect.latency = milliseconds(13);
  EXPECT_EQ(evaluate(check_with(expect), seen_status(200)).verdict, Verdict::up);
}

TEST(Evaluate, ACertificateNearItsEndIsDegraded) {
  Expectations expect;
  expect.certificate = milliseconds(10'000);
  const Check check = check_with(expect, http_target("example.com", Scheme::https));
  const CheckResult near = evaluate(check, with_certificate(seen_status(200), wall(10'004)));
  EXPECT_EQ(near.verdict, Verdict::degraded);
  EXPECT_EQ(near.reason, Reason::certificate_expiring);
  EXPECT_EQ(near.phase, Phase::tls);
  EXPECT_EQ(near.certificate_expiry, wall(10'004));
  EXPECT_EQ(evaluate(check, with_certificate(seen_status(200), wall(10'005))).verdict, Verdict::up);
  EXPECT_EQ(evaluate(check, seen_status(200)).verdict, Verdict::up);
}

TEST(Evaluate, TheCertificateIsTheReasonWhenBothDegrade) {
  Expectations expect;
  expect.certificate = milliseconds(10'000);
  expect.latency = milliseconds(1);
  const CheckResult result = evaluate(check_with(expect), with_certificate(seen_status(200), wall(9'000)));
  EXPECT_EQ(result.reason, Reason::certificate_expiring);
  EXPECT_EQ(result.detail, "certificate expires in 8 s, expected at least 10 s; took 12.3 ms, expected at most 1 ms");
}

TEST(Evaluate, AnExpiredCertificateThatNobodyVerifiesSaysSinceWhen) {
  Expectations expect;
  expect.certificate = milliseconds(10'000);
  HttpTarget target = std::get<HttpTarget>(http_target("example.com", Scheme::https));
  target.tls.edit().verify = false;
  const CheckResult result = evaluate(check_with(expect, target), with_certificate(seen_status(200), wall(-3'000)));
  EXPECT_EQ(result.verdict, Verdict::degraded);
  EXPECT_EQ(result.reason, Reason::certificate_expiring);
  EXPECT_EQ(result.detail, "certificate expired 3 s ago, expected at least 10 s left");
}

TEST(Evaluate, AnExpiredCertificateIsDownEvenWhenTheHandshakeWasCached) {
  TlsTarget unverified{"example.com", 443, StartTls::none, {}, {}};
  const Target verified = unverified;
  unverified.tls.edit().verify = false;
  HttpTarget https = std::get<HttpTarget>(http_target("example.com", Scheme::https));
  const auto judged = [](Target target, WallTime expiry) {
    return evaluate(check_with({}, std::move(target)), with_certificate(seen_status(200), expiry));
  };
  EXPECT_EQ(judged(https, wall(5)).reason, Reason::tls_expired);
  EXPECT_EQ(judged(https, wall(5)).verdict, Verdict::down);
  EXPECT_EQ(judged(https, wall(6)).verdict, Verdict::up);
  EXPECT_EQ(judged(verified, wall(1)).reason, Reason::tls_expired);
  EXPECT_EQ(judged(unverified, wall(1)).verdict, Verdict::up);
  EXPECT_EQ(judged(TcpTarget{"example.com", 25, "", "", {}}, wall(1)).verdict, Verdict::up);
  https.tls.edit().verify = false;
  EXPECT_EQ(judged(https, wall(5)).verdict, Verdict::up);
}

TEST(Evaluate, UnmetHttpExpectationsAreDown) {
  Expectations expect;
  expect.latency = milliseconds(1);
  const CheckResult result = evaluate(check_with(expect), seen_status(503));
  EXPECT_EQ(result.verdict, Verdict::down);
  EXPECT_EQ(result.reason, Reason::unexpected_status);
  EXPECT_EQ(result.detail, "status 503, expected 200-299");
}

TEST(Evaluate, TcpAnswers) {
  const Target target = TcpTarget{"db", 6379, "PING\r\n", "+PONG", {}};
  EXPECT_EQ(evaluate(check_with({}, target), seen(TcpFacts{"+PONG\r\n"})).verdict, Verdict::up);
  const CheckResult wrong = evaluate(check_with({}, target), seen(TcpFacts{"-ERR\r\n"}));
  EXPECT_EQ(wrong.reason, Reason::body_mismatch);
  EXPECT_EQ(wrong.detail, "received '-ERR  ', expected '+PONG'");
  EXPECT_EQ(evaluate(check_with({}, TcpTarget{"db", 1, "", "", {}}), seen(TcpFacts{})).verdict, Verdict::up);
  EXPECT_EQ(evaluate(check_with({}), seen(TcpFacts{"x"})).verdict, Verdict::up) << "facts of another kind";
}

TEST(Evaluate, DnsAnswers) {
  DnsTarget target;
  target.name = "example.com";
  const Observation observation = seen(DnsFacts{{"192.0.2.1", "192.0.2.2"}, seconds(60)});
  EXPECT_EQ(evaluate(check_with({}, target), observation).verdict, Verdict::up);
  target.expected = {"192.0.2.2", "192.0.2.1"};
  EXPECT_EQ(evaluate(check_with({}, target), observation).verdict, Verdict::up);
  target.expected.push_back("192.0.2.3");
  const CheckResult wrong = evaluate(check_with({}, target), observation);
  EXPECT_EQ(wrong.reason, Reason::body_mismatch);
  EXPECT_EQ(wrong.detail, "192.0.2.3 is not among the A answers of example.com: 192.0.2.1, 192.0.2.2");
  EXPECT_EQ(evaluate(check_with({}), observation).verdict, Verdict::up) << "facts of another kind";
}

TEST(Evaluate, IcmpAnswers) {
  const Target target = IcmpTarget{"192.0.2.1", 3, {}};
  EXPECT_EQ(evaluate(check_with({}, target), seen(IcmpFacts{3, 1})).verdict, Verdict::up);
  const CheckResult silent = evaluate(check_with({}, target), seen(IcmpFacts{3, 0}));
  EXPECT_EQ(silent.verdict, Verdict::down);
  EXPECT_EQ(silent.reason, Reason::timeout);
  EXPECT_EQ(silent.detail, "0 of 3 echo requests answered");
}

TEST(Evaluate, HttpExpectationsDoNotTouchOtherFacts) {
  Expectations expect;
  expect.status = {{418, 418}};
  EXPECT_EQ(evaluate(check_with(expect, TcpTarget{"db", 1, "", "", {}}), seen(TcpFacts{})).verdict, Verdict::up);
}

TEST(Evaluate, FactsOfAnotherKindOfTargetSayNothing) {
  DnsTarget dns;
  dns.name = "example.com";
  dns.expected = {"192.0.2.1"};
  EXPECT_EQ(evaluate(check_with({}, dns), seen(TcpFacts{"x"})).verdict, Verdict::up);
  EXPECT_EQ(evaluate(check_with({}, TcpTarget{"db", 1, "", "+PONG", {}}), seen(DnsFacts{})).verdict, Verdict::up);
}

TEST(Evaluate, AnExpiredCertificateOfATlsTargetIsDownIfItVerifies) {
  TlsTarget target;
  target.host = "example.com";
  EXPECT_EQ(evaluate(check_with({}, target), with_certificate(seen(), wall(-3'000))).reason, Reason::tls_expired);
  target.tls.edit().verify = false;
  EXPECT_EQ(evaluate(check_with({}, target), with_certificate(seen(), wall(-3'000))).verdict, Verdict::up);
}

TEST(Evaluate, EvidenceIsBounded) {
  const CheckResult result =
      evaluate(check_with({}), seen_error(Phase::dns, Reason::nxdomain, std::string(9'000, 'x')));
  EXPECT_LE(result.detail.size(), evidence_limit);
}

}  // namespace
}  // namespace allclear
