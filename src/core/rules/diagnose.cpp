#include "core/rules/diagnose.h"

#include <fmt/format.h>

#include "core/rules/causes.h"

namespace allclear {
namespace {

// Before the phase in which it failed: what was passed through is not to blame.
void rule_out_passed_phases(const FailureView& view, Diagnosis& diagnosis) {
  const CheckResult& failure = *view.failure;
  const auto passed = [&](const std::optional<microseconds>& time, Phase phase) {
    return time.has_value() && failure.phase > phase;
  };
  if (passed(failure.timings.dns, Phase::dns)) diagnosis.ruled_out.emplace_back("DNS");
  if (passed(failure.timings.connect, Phase::connect)) diagnosis.ruled_out.emplace_back("TCP");
  if (passed(failure.timings.tls, Phase::tls) && diagnosis.cause != Cause::certificate)
    diagnosis.ruled_out.emplace_back("TLS");
}

std::string others_on_host(std::size_t count, std::string_view one_does, std::string_view many_do) {
  return count == 1 ? fmt::format("the other service on this host {}", one_does)
                    : fmt::format("the other {} services on this host {}", count, many_do);
}

void look_at_neighbours(const FailureView& view, Diagnosis& diagnosis) {
  const Neighbours& host = view.on_host;
  if (host.fine > 0 && host.failing == 0)
    diagnosis.ruled_out.push_back("the host: " + others_on_host(host.fine, "answers", "answer"));
  else if (host.failing > 0 && host.fine == 0)
    diagnosis.seen.push_back(others_on_host(host.failing, "fails, too", "fail, too"));
  else if (host.failing > 0)
    diagnosis.seen.push_back(
        fmt::format("{} of {} other services on this host fail, too", host.failing, host.failing + host.fine));
  if (view.check->role == Role::reachability) {
    if (view.application.fine > 0) diagnosis.seen.emplace_back("checks of its application answer all the same");
    return;
  }
  if (view.reachability.fine > 0 && view.reachability.failing == 0)
    diagnosis.ruled_out.emplace_back("reachability: its own checks are fine");
  if (view.reachability.failing > 0) diagnosis.seen.emplace_back("checks of its reachability fail, too");
}

std::optional<Diagnosis> of_failure(const FailureView& view, WallTime now) {
  const CheckResult& failure = *view.failure;
  switch (failure.reason) {
    case Reason::dns_failure:
    case Reason::nxdomain:
    case Reason::servfail: return cause_of_name_failure(view);
    case Reason::timeout:
    case Reason::refused:
    case Reason::reset:
      if (failure.phase == Phase::dns) return cause_of_name_failure(view);
      if (failure.phase == Phase::connect) return cause_of_connect_failure(view);
      return failure.phase == Phase::tls ? cause_of_tls_failure(view, now) : cause_of_wrong_answer(view);
    case Reason::tls_expired:
    case Reason::tls_self_signed:
    case Reason::tls_untrusted:
    case Reason::tls_wrong_host:
    case Reason::tls_failure:
    case Reason::certificate_expiring: return cause_of_tls_failure(view, now);
    case Reason::slow: return cause_of_slowness(view);
    case Reason::unexpected_status:
    case Reason::body_mismatch:
    case Reason::json_mismatch:
    case Reason::redirect_limit:
    case Reason::too_large:
    case Reason::protocol_error:
    case Reason::truncated: return cause_of_wrong_answer(view);
    case Reason::ok:
    case Reason::missed:
    case Reason::threshold:
    case Reason::blocked_address:
    case Reason::paused:
    case Reason::no_data:
    case Reason::unsupported:
    case Reason::local_fault: return std::nullopt;
  }
  return std::nullopt;
}

void show_last_good(const LastGood& good, WallTime now, Diagnosis& diagnosis) {
  std::string text = fmt::format("the last good result came {} ago: ", describe_duration(now - good.at));
  if (good.status_code != 0) text += fmt::format("status {}, ", good.status_code);
  text += fmt::format("{:.0f} ms", static_cast<double>(good.latency.count()) / 1000);
  diagnosis.seen.push_back(std::move(text));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

}  // namespace

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::name: return "name";
    case Cause::resolver: return "resolver";
    case Cause::no_listener: return "no_listener";
    case Cause::some_addresses: return "some_addresses";
    case Cause::address_family: return "address_family";
    case Cause::unreachable: return "unreachable";
    case Cause::certificate: return "certificate";
    case Cause::encryption: return "encryption";
    case Cause::application: return "application";
    case Cause::slowness: return "slowness";
    case Cause::passed: return "passed";
    case Cause::unclear: return "unclear";
  }
  return "unclear";
}

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::low: return "low";
    case Confidence::medium: return "medium";
    case Confidence::high: return "high";
  }
  return "low";
}

std::optional<Diagnosis> diagnose(const FailureView& view, WallTime now) {
  auto diagnosis = of_failure(view, now);
  if (!diagnosis) return diagnosis;
  rule_out_passed_phases(view, *diagnosis);
  look_at_neighbours(view, *diagnosis);
  if (view.last_good) show_last_good(*view.last_good, now, *diagnosis);
  return diagnosis;
}

std::string describe(const Diagnosis& diagnosis) {
  std::string text = fmt::format("{}. Confidence: {}.", diagnosis.verdict, to_string(diagnosis.confidence));
  if (!diagnosis.ruled_out.empty()) text += fmt::format("\nRuled out: {}.", joined(diagnosis.ruled_out));
  if (!diagnosis.seen.empty()) text += fmt::format("\nSeen: {}.", joined(diagnosis.seen));
  return text;
}

}  // namespace allclear
