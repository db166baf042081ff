#include "core/rules/evaluate.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/evidence.h"
#include "core/rules/http_expectations.h"

namespace allclear {
namespace {

struct Judgement {
  Verdict verdict = Verdict::up;
  Reason reason = Reason::ok;
  Phase phase = Phase::judge;
  std::string detail;
};

// Our own faults and what we cannot ask yet say nothing about the target.
Verdict verdict_of_error(Reason reason) {
  return reason == Reason::local_fault || reason == Reason::unsupported ? Verdict::unknown : Verdict::down;
}

// Peers give up on who says nothing for so long, and a resolver's tries run out.
bool may_come_of_stop(const Judgement& judgement) {
  switch (judgement.reason) {
    case Reason::reset:
    case Reason::tls_failure:
    case Reason::truncated:
    case Reason::protocol_error: return true;
    case Reason::timeout:
    case Reason::dns_failure: return judgement.phase == Phase::dns;
    default: return false;
  }
}

Judgement judge_error(const Check& check, const ProbeError& error, const std::string& address) {
  const std::string what = error.detail.empty() ? std::string(describe(error.reason)) : error.detail;
  const std::string where = address.empty() ? "" : fmt::format(" ({})", address);
  return {verdict_of_error(error.reason), error.reason, error.phase,
          fmt::format("{} {}: {}{}", describe(check.target), to_string(error.phase), what, where)};
}

bool verifies(const Target& target) {
  if (const auto* http = std::get_if<HttpTarget>(&target)) return http->tls->verify;
  if (const auto* tls = std::get_if<TlsTarget>(&target)) return tls->tls->verify;
  return false;
}

std::optional<Judgement> judge_expired(const Check& check, const Observation& observation) {
  const auto& certificate = observation.certificate;
  if (!certificate || !verifies(check.target) || certificate->earliest_expiry > observation.started_at)
    return std::nullopt;
  return Judgement{Verdict::down, Reason::tls_expired, Phase::tls,
                   fmt::format("certificate of {} expired at {}", certificate->subject,
                               format_rfc3339(certificate->earliest_expiry))};
}

Judgement mismatch(std::string detail) {
  return {Verdict::down, Reason::body_mismatch, Phase::judge, std::move(detail)};
}

std::optional<Judgement> judge_tcp(const TcpTarget& target, const TcpFacts& facts) {
  if (facts.received.find(target.expect) != std::string::npos) return std::nullopt;
  return mismatch(fmt::format("received '{}', expected '{}'", clip_evidence(facts.received, 200),
                              clip_evidence(target.expect, 200)));
}

std::optional<Judgement> judge_dns(const DnsTarget& target, const DnsFacts& facts) {
  for (const std::string& expected : target.expected) {
    if (std::find(facts.answers.begin(), facts.answers.end(), expected) != facts.answers.end()) continue;
    return mismatch(fmt::format("{} is not among the {} answers of {}: {}", expected, target.type, target.name,
                                fmt::join(facts.answers, ", ")));
  }
  return std::nullopt;
}

std::optional<Judgement> judge_icmp(const IcmpFacts& facts) {
  if (facts.received > 0) return std::nullopt;
  return Judgement{Verdict::down, Reason::timeout, Phase::first_byte,
                   fmt::format("0 of {} echo requests answered", facts.sent)};
}

std::optional<Judgement> judge_facts(const Check& check, const Observation& observation) {
  if (const auto* http = std::get_if<HttpFacts>(&observation.facts)) {
    auto unmet = first_unmet(*check.expect, *http);
    if (!unmet) return std::nullopt;
    return Judgement{Verdict::down, unmet->reason, unmet->phase, std::move(unmet->detail)};
  }
  if (const auto* icmp = std::get_if<IcmpFacts>(&observation.facts)) return judge_icmp(*icmp);
  const auto* tcp = std::get_if<TcpFacts>(&observation.facts);
  const auto* tcp_target = std::get_if<TcpTarget>(&check.target);
  if (tcp != nullptr && tcp_target != nullptr) return judge_tcp(*tcp_target, *tcp);
  const auto* dns = std::get_if<DnsFacts>(&observation.facts);
  const auto* dns_target = std::get_if<DnsTarget>(&check.target);
  if (dns != nullptr && dns_target != nullptr) return judge_dns(*dns_target, *dns);
  return std::nullopt;
}

// When both hold, the certificate is the reason: it lasts, while slowness comes and goes between samples, and a
// reason should not flicker. The sentence names both.
Judgement judge_degrees(const Expectations& expect, const Observation& observation) {
  Judgement judgement;
  const auto degrade = [&](Reason reason, Phase phase, const std::string& words) {
    if (judgement.verdict == Verdict::up)
      judgement = {Verdict::degraded, reason, phase, words};
    else
      judgement.detail += "; " + words;
  };
  if (expect.certificate && observation.certificate) {
    const milliseconds left = observation.certificate->earliest_expiry - observation.started_at;
    if (left < *expect.certificate) {
      degrade(Reason::certificate_expiring, Phase::tls,
              left < milliseconds(0) ? fmt::format("certificate expired {} ago, expected at least {} left",
                                                   describe_duration(-left), describe_duration(*expect.certificate))
                                     : fmt::format("certificate expires in {}, expected at least {}",
                                                   describe_duration(left), describe_duration(*expect.certificate)));
    }
  }
  if (expect.latency && observation.total > *expect.latency) {
    degrade(Reason::slow, Phase::judge,
            fmt::format("took {:.1f} ms, expected at most {} ms", to_milliseconds(observation.total),
                        expect.latency->count()));
  }
  return judgement;
}

Judgement judge(const Check& check, const Observation& observation) {
  if (const auto* other = std::get_if<UnsupportedTarget>(&check.target)) {
    return {Verdict::unknown, Reason::unsupported, Phase::local,
            fmt::format("{} checks are not supported yet", other->kind)};
  }
  if (observation.error) return judge_error(check, *observation.error, observation.address);
  if (auto expired = judge_expired(check, observation)) return *std::move(expired);
  if (auto unmet = judge_facts(check, observation)) return *std::move(unmet);
  return judge_degrees(*check.expect, observation);
}

}  // namespace

CheckResult evaluate(const Check& check, const Observation& observation) {
  Judgement judgement = judge(check, observation);
  if (observation.longest_stop > microseconds(0) && may_come_of_stop(judgement)) {
    judgement = {Verdict::unknown, Reason::local_fault, Phase::local,
                 fmt::format("this monitor stood still for {:.1f} s meanwhile; {}",
                             to_milliseconds(observation.longest_stop) / 1'000, judgement.detail)};
  }
  CheckResult result;
  result.at = observation.started_at;
  result.verdict = judgement.verdict;
  result.reason = judgement.reason;
  result.phase = judgement.phase;
  result.latency = observation.total;
  result.timings = observation.timings;
  if (const auto* http = std::get_if<HttpFacts>(&observation.facts)) result.status_code = http->status;
  if (observation.certificate) result.certificate_expiry = observation.certificate->earliest_expiry;
  result.detail = clip_evidence(judgement.detail);
  return result;
}

}  // namespace allclear
