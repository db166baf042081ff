#include "core/rules/blindness.h"

#include <algorithm>

namespace allclear {
namespace {

constexpr int fewest_anchors = 3;
constexpr int fewest_results = 5;
constexpr std::string_view blind_words = "this machine's own network may be gone";

bool names_this_machine(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" || host.starts_with("127.");
}

}  // namespace

bool nobody_answered(const CheckResult& result) {
  switch (result.reason) {
    case Reason::timeout:
    case Reason::dns_failure:
    case Reason::servfail:
    case Reason::missed:
    case Reason::local_fault: return true;
    case Reason::ok:
    case Reason::slow:
    case Reason::refused:
    case Reason::reset:
    case Reason::nxdomain:
    case Reason::tls_expired:
    case Reason::tls_self_signed:
    case Reason::tls_untrusted:
    case Reason::tls_wrong_host:
    case Reason::tls_failure:
    case Reason::certificate_expiring:
    case Reason::unexpected_status:
    case Reason::body_mismatch:
    case Reason::json_mismatch:
    case Reason::redirect_limit:
    case Reason::too_large:
    case Reason::protocol_error:
    case Reason::threshold:
    case Reason::truncated:
    case Reason::blocked_address:
    case Reason::paused:
    case Reason::no_data:
    case Reason::unsupported: return false;
  }
  return false;
}

bool stays_inside(const Target& target) {
  return std::visit(
      [](const auto& any) {
        using Kind = std::decay_t<decltype(any)>;
        if constexpr (std::is_same_v<Kind, HttpTarget>)
          return names_this_machine(any.request->proxy ? any.request->proxy->host : any.url.host);
        else if constexpr (std::is_same_v<Kind, DnsTarget>)
          return names_this_machine(any.network->resolver);
        else if constexpr (std::is_same_v<Kind, UnsupportedTarget>)
          return true;
        else if constexpr (std::is_same_v<Kind, HeartbeatTarget>)
          return false;
        else
          return names_this_machine(any.host);
      },
      target);
}

Anchors judge_anchors(std::span<const AnchorView> anchors) {
  int known = 0;
  int silent = 0;
  for (const AnchorView& anchor : anchors) {
    if (!anchor.known || !anchor.asked) continue;
    ++known;
    silent += anchor.answered ? 0 : 1;
  }
  if (known < fewest_anchors) return Anchors::too_few;
  return silent * 2 > known ? Anchors::silent : Anchors::answer;
}

Sight judge_sight(const Tally& tally) {
  const int results = tally.heard + tally.silent;
  if (results < fewest_results) return Sight::unclear;
  const bool half = tally.silent * 2 >= results;
  if (half && tally.silent < fewest_results) return Sight::unclear;
  return half ? Sight::blind : Sight::clear;
}

CheckResult seen_blind(CheckResult result) {
  result.verdict = Verdict::unknown;
  result.reason = Reason::local_fault;
  result.detail = std::string(blind_words) + (result.detail.empty() ? "" : ": " + result.detail);
  return result;
}

Decision conclude_sight(ServiceView monitor, Verdict verdict, WallTime since, const std::string& detail, WallTime now) {
  CheckStanding standing;
  standing.verdict = verdict;
  standing.reason = verdict == Verdict::down ? Reason::local_fault : Reason::ok;
  standing.since = since;
  monitor.checks.resize(1);
  monitor.checks[0].state = &standing;
  monitor.stepped = 0;
  CheckResult told;
  told.detail = detail;
  return conclude(monitor, told, now);
}

}  // namespace allclear
