#include "core/model/verdict.h"

#include <array>

namespace allclear {
namespace {

struct ReasonText {
  std::string_view code;
  std::string_view words;
};

constexpr std::array<ReasonText, reason_count> reasons{{
    {"ok", "fine"},
    {"slow", "slower than expected"},
    {"timeout", "did not answer in time"},
    {"refused", "connection refused"},
    {"reset", "connection reset"},
    {"dns_failure", "name could not be resolved"},
    {"nxdomain", "name does not exist"},
    {"tls_expired", "certificate expired"},
    {"tls_self_signed", "self-signed certificate"},
    {"tls_untrusted", "certificate from an untrusted issuer"},
    {"tls_wrong_host", "certificate is for another host"},
    {"tls_failure", "TLS handshake failed"},
    {"certificate_expiring", "certificate expires soon"},
    {"unexpected_status", "unexpected status code"},
    {"body_mismatch", "unexpected content"},
    {"json_mismatch", "unexpected JSON value"},
    {"redirect_limit", "too many redirects"},
    {"too_large", "answer larger than allowed"},
    {"protocol_error", "broken answer"},
    {"missed", "no heartbeat in time"},
    {"threshold", "above its threshold"},
    {"truncated", "answer ended early"},
    {"servfail", "name server failed"},
    {"blocked_address", "address is not allowed"},
    {"paused", "paused"},
    {"no_data", "no data yet"},
    {"unsupported", "kind of check not supported yet"},
    {"local_fault", "the monitor itself had a fault"},
}};

constexpr std::array<std::string_view, 4> verdicts{"up", "degraded", "down", "unknown"};
constexpr std::array<std::string_view, 5> shown{"up", "degraded", "down", "maintenance", "unknown"};
constexpr std::array<std::string_view, 7> phases{"local", "dns", "connect", "tls", "first_byte", "transfer", "judge"};

}  // namespace

std::string_view to_string(Verdict verdict) { return verdicts[static_cast<std::size_t>(verdict)]; }
std::string_view to_string(ShownState state) { return shown[static_cast<std::size_t>(state)]; }
std::string_view to_string(Reason reason) { return reasons[static_cast<std::size_t>(reason)].code; }
std::string_view to_string(Phase phase) { return phases[static_cast<std::size_t>(phase)]; }
std::string_view describe(Reason reason) { return reasons[static_cast<std::size_t>(reason)].words; }

std::optional<Verdict> parse_verdict(std::string_view text) {
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] == text) return static_cast<Verdict>(i);
  }
  return std::nullopt;
}

std::optional<Reason> parse_reason(std::string_view text) {
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (reasons[i].code == text) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

ShownState to_shown(Verdict verdict) {
  switch (verdict) {
    case Verdict::up: return ShownState::up;
    case Verdict::degraded: return ShownState::degraded;
    case Verdict::down: return ShownState::down;
    case Verdict::unknown: return ShownState::unknown;
  }
  return ShownState::unknown;
}

}  // namespace allclear
