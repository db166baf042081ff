// diagnose: what a failure comes from, by what was seen of it and around it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/evidence.h"

namespace allclear {

enum class Cause : std::uint8_t {
  name,            // it does not exist, or nobody tells
  resolver,        // one name server fails, another answers
  no_listener,     // the host is there, its port is not
  some_addresses,  // others of the same target are fine
  address_family,  // IPv4 or IPv6 alone
  unreachable,     // the host, or the way to it
  certificate,
  encryption,   // the handshake, for another reason
  application,  // it answers, and not what it should; or not at all
  slowness,
  passed,  // over by the time it was looked at
  unclear
};
enum class Confidence : std::uint8_t { low, medium, high };

std::string_view to_string(Cause cause);
std::string_view to_string(Confidence confidence);

// The last good result before a failure.
struct LastGood {
  WallTime at;
  microseconds latency{0};
  PhaseTimings timings;
  int status_code = 0;  // HTTP; 0: none
};

// Others, as far as they were heard of since the failure began.
struct Neighbours {
  std::size_t fine = 0;
  std::size_t failing = 0;
};

struct FailureView {
  const Check* check = nullptr;
  const CheckResult* failure = nullptr;  // the newest
  std::optional<LastGood> last_good{};
  const Evidence* evidence = nullptr;  // null: nobody has looked around yet
  Neighbours on_host{};                // services with the same host
  Neighbours reachability{};           // other checks of the service, by role
  Neighbours application{};
};

struct Diagnosis {
  Cause cause = Cause::unclear;
  Confidence confidence = Confidence::low;
  std::string verdict;                 // "TLS: the certificate expired 4 min ago"
  std::vector<std::string> ruled_out;  // "DNS", "TCP", "the host: 3 other services on it answer"
  std::vector<std::string> seen;       // facts beside it, most telling first
};

// nullopt: nothing can be said (a missed heartbeat, a fault of our own).
std::optional<Diagnosis> diagnose(const FailureView& view, WallTime now);

// Lines for operators, at most 800 bytes.
std::string describe(const Diagnosis& diagnosis);

}  // namespace allclear
