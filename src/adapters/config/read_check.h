// Reading one check: the keys of `checks[]`, or of a service that is its only check.
#pragma once

#include <memory>
#include <optional>

#include "adapters/config/read_expect.h"
#include "adapters/config/section.h"
#include "core/model/check.h"

namespace allclear::config {

inline constexpr milliseconds least_interval{100};

// Interval, timeout and confirmation, as defaults, a service or a check say them.
struct Timing {
  milliseconds interval{60'000};
  milliseconds timeout{10'000};
  ConfirmPolicy confirm;
  bool timeout_written = false;
};

// `inherited`, with what this section says itself.
Timing read_timing(const Section& section, const Timing& inherited);

struct CheckIdentity {
  ServiceId service;
  CheckId id;
};

// Absent when it has mistakes (all reported). `enabled` is the caller's to read: on a service it is the service's word.
std::shared_ptr<Check> read_check(const Section& section, const CheckIdentity& identity, const Timing& inherited,
                                  ExpectationReader& expectations);

}  // namespace allclear::config
