// The fixed words for how a check or a service stands, and why. Values; names as the contract spells them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace allclear {

// Ordered by how bad it is; unknown stands apart (a fault of our own, or nothing seen yet).
enum class Verdict : std::uint8_t { up, degraded, down, unknown };

// How a service is shown: a verdict, or under maintenance.
enum class ShownState : std::uint8_t { up, degraded, down, maintenance, unknown };

enum class Reason : std::uint8_t {
  ok, slow, timeout, refused, reset, dns_failure, nxdomain, tls_expired, tls_self_signed, tls_untrusted, tls_wrong_host,
  tls_failure, certificate_expiring, unexpected_status, body_mismatch, json_mismatch, redirect_limit, too_large,
  protocol_error, missed, threshold, truncated, servfail, blocked_address, paused, no_data, unsupported, local_fault,
};
inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::local_fault) + 1;

// Where in a check's life something happened, in order.
enum class Phase : std::uint8_t { local, dns, connect, tls, first_byte, transfer, judge };

std::string_view to_string(Verdict verdict);
std::string_view to_string(ShownState state);
std::string_view to_string(Reason reason);
std::string_view to_string(Phase phase);
std::optional<Verdict> parse_verdict(std::string_view text);
std::optional<Reason> parse_reason(std::string_view text);

ShownState to_shown(Verdict verdict);
inline ShownState to_shown(Verdict verdict, bool maintenance) {
  return maintenance ? ShownState::maintenance : to_shown(verdict);
}

// A sentence part for people: "connection refused", "did not answer in time".
std::string_view describe(Reason reason);

}  // namespace allclear
