// Check: one way of asking whether a service works, and the policy by which its results are judged. Value.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/pattern.h"
#include "base/shared.h"
#include "base/time.h"
#include "core/model/ids.h"
#include "core/model/target.h"

namespace allclear {

enum class Role : std::uint8_t { unspecified, reachability, application };

struct StatusRange {
  int first = 200;
  int last = 299;
};

struct BodyExpectation {
  std::string contains;            // empty: not asked
  std::optional<Pattern> matches;  // over the first MiB
};

struct HeaderExpectation {
  std::string name;  // compared without case; any of its values may match
  Pattern pattern;
};

enum class JsonOperator : std::uint8_t { equals, exists, above, below };

struct JsonExpectation {
  JsonPath path;
  JsonOperator operation = JsonOperator::exists;
  Json value;  // equals: any; exists: a boolean; above, below: a number
};

struct Expectations {
  std::vector<StatusRange> status = std::vector<StatusRange>(1);  // 200-299
  std::optional<milliseconds> latency;                            // above it: degraded, slow
  std::vector<BodyExpectation> body;
  std::vector<HeaderExpectation> headers;
  std::vector<JsonExpectation> json;
  std::optional<std::string> final_url;
  std::optional<milliseconds> certificate;  // less validity left than this: degraded, certificate_expiring
};

struct FlapPolicy {
  std::uint8_t over = 20;  // results looked at, 2 to 60; 0: off
  std::uint8_t high = 30;  // percent of weighted changes: above it flapping begins
  std::uint8_t low = 25;   // below it it ends

  friend bool operator==(const FlapPolicy&, const FlapPolicy&) = default;
};

struct ConfirmPolicy {
  std::uint8_t down = 2;  // results in a row for any worse state
  std::uint8_t up = 1;    // results in a row for any better state
  std::chrono::duration<std::uint32_t, std::milli> retry{
      5'000};  // next start while unconfirmed, if before the interval
  FlapPolicy flapping{};

  friend bool operator==(const ConfirmPolicy&, const ConfirmPolicy&) = default;
};

// Where a check runs from.
struct Locations {
  std::vector<LocationId> ids{local_location()};

  friend bool operator==(const Locations&, const Locations&) = default;
};

struct Check {
  ServiceId service;
  CheckId id;
  Target target;
  CopyOnWrite<Expectations> expect;  // shared between checks that expect the same
  milliseconds interval{60'000};
  milliseconds timeout{10'000};
  Shared<Locations> locations;
  ConfirmPolicy confirm;
  std::uint16_t quorum = 1;  // locations that must agree before the check counts as worse
  Role role = Role::unspecified;
  bool enabled = true;
};

}  // namespace allclear
