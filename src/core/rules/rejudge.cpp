#include "core/rules/rejudge.h"

#include "core/rules/http_expectations.h"

namespace allclear {
namespace {

// How far the answer had been judged when the result was made.
enum class Judged : std::uint8_t { no_answer, status, content, certificate, latency };

Judged judged_to(Reason reason) {
  switch (reason) {
    case Reason::ok:
    case Reason::slow: return Judged::latency;
    case Reason::certificate_expiring: return Judged::certificate;
    case Reason::body_mismatch:
    case Reason::json_mismatch: return Judged::content;
    case Reason::unexpected_status: return Judged::status;
    case Reason::timeout:
    case Reason::refused:
    case Reason::reset:
    case Reason::dns_failure:
    case Reason::nxdomain:
    case Reason::tls_expired:
    case Reason::tls_self_signed:
    case Reason::tls_untrusted:
    case Reason::tls_wrong_host:
    case Reason::tls_failure:
    case Reason::redirect_limit:
    case Reason::too_large:
    case Reason::truncated:  // within the head, too, before there was a status
    case Reason::protocol_error:
    case Reason::missed:
    case Reason::threshold:
    case Reason::servfail:
    case Reason::blocked_address:
    case Reason::paused:
    case Reason::no_data:
    case Reason::unsupported:
    case Reason::local_fault: return Judged::no_answer;
  }
  return Judged::no_answer;
}

CheckResult with(CheckResult result, Verdict verdict, Reason reason, Phase phase) {
  if (result.verdict == verdict && result.reason == reason) return result;
  result.verdict = verdict;
  result.reason = reason;
  result.phase = phase;
  result.detail.clear();  // it tells of the other judgement
  return result;
}

bool certificate_expires(const Expectations& expect, const CheckResult& result) {
  return expect.certificate && result.certificate_expiry &&
         *result.certificate_expiry - result.at < *expect.certificate;
}

CheckResult judge_latency(const Expectations& expect, CheckResult result) {
  const bool slow = expect.latency && result.latency > *expect.latency;
  return slow ? with(std::move(result), Verdict::degraded, Reason::slow, Phase::judge)
              : with(std::move(result), Verdict::up, Reason::ok, Phase::judge);
}

}  // namespace

CheckResult rejudge(const Check& check, CheckResult stored) {
  if (std::holds_alternative<UnsupportedTarget>(check.target))
    return with(std::move(stored), Verdict::unknown, Reason::unsupported, Phase::local);
  if (stored.verdict == Verdict::unknown || std::holds_alternative<HeartbeatTarget>(check.target)) return stored;
  const Judged before = judged_to(stored.reason);
  const bool has_status = std::holds_alternative<HttpTarget>(check.target) && stored.status_code != 0;
  const bool answered = before != Judged::no_answer;
  if (answered && has_status && !accepts_status(*check.expect, stored.status_code))
    return with(std::move(stored), Verdict::down, Reason::unexpected_status, Phase::judge);
  switch (before) {
    case Judged::no_answer:
    case Judged::content:
    case Judged::certificate: return stored;
    case Judged::status:
      if (!has_status) return stored;
      if (certificate_expires(*check.expect, stored))
        return with(std::move(stored), Verdict::degraded, Reason::certificate_expiring, Phase::tls);
      return judge_latency(*check.expect, std::move(stored));
    case Judged::latency: return judge_latency(*check.expect, std::move(stored));
  }
  return stored;
}

}  // namespace allclear
