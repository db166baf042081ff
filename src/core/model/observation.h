// Observation: the facts that a probe saw, without a verdict. Value; lives on the probe's loop only.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/model/verdict.h"

namespace allclear {

// Time spent in each phase on a monotonic clock; absent when the phase was not reached or does not apply.
// With redirects, each phase's sum over all hops.
struct PhaseTimings {
  std::optional<microseconds> dns;
  std::optional<microseconds> connect;
  std::optional<microseconds> tls;
  std::optional<microseconds> first_byte;  // from the request's first byte to the answer's first
  std::optional<microseconds> transfer;    // from the first byte to the end of what was read

  friend bool operator==(const PhaseTimings&, const PhaseTimings&) = default;
};

// What stopped a probe. `reason` is local_fault exactly when the fault is ours (no descriptors, no memory, no
// buffer space, no local port, no resolver, no permission): it will be judged unknown, never down.
struct ProbeError {
  Phase phase = Phase::local;
  Reason reason = Reason::protocol_error;
  std::string detail;  // for operators; at most 512 bytes, valid UTF-8, no control characters
};

// Of the chain that was verified; of the chain as presented when verification failed or was off.
struct CertificateFacts {
  WallTime earliest_expiry;  // over that chain
  std::string subject;
  std::string issuer;
  std::vector<std::string> names;  // subject alternative names of the leaf, at most 100
  int chain_length = 0;
  std::string fingerprint;  // SHA-256 of the leaf, lower-case hex
};

struct Header {
  std::string name;
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

// An answer that led elsewhere and was followed.
struct FollowedRedirect {
  int status = 0;
  std::string url;        // that was asked
  microseconds total{0};  // until its answer was read
};

struct HttpFacts {
  int status = 0;
  std::vector<Header> headers;
  std::string body;               // at most the first MiB
  bool body_cut = false;          // the target sent more than we read: no fault
  bool body_ended_early = false;  // fewer bytes than announced, or a broken chunk
  std::string final_url;
  int redirects = 0;
};

struct TcpFacts {
  std::string received;  // at most 64 KiB
};

struct DnsFacts {
  std::vector<std::string> answers;  // canonical text per record, e.g. "192.0.2.1", "10 mx.example.com"
  seconds least_ttl{0};
};

struct IcmpFacts {
  int sent = 0;
  int received = 0;
};

using ProtocolFacts = std::variant<std::monostate, HttpFacts, TcpFacts, DnsFacts, IcmpFacts>;

struct Observation {
  WallTime started_at;
  microseconds total{0};  // the whole check, redirects included, without `stood_still`
  microseconds stood_still{
      0};  // that this process did meanwhile: stopped, without a processor, or busy with another check
  PhaseTimings timings;
  microseconds longest_stop{0};  // of a second or more, in which this process did not run at all
  std::optional<ProbeError> error;
  ProtocolFacts facts;
  std::vector<FollowedRedirect> redirects;  // in order; also when a later hop failed
  std::optional<CertificateFacts> certificate;
  std::string address;  // the remote "ip:port" that was used last, empty before connect
};

}  // namespace allclear
