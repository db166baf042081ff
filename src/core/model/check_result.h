// CheckResult: one judged observation. Value; what the log stores.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "core/model/observation.h"
#include "core/model/verdict.h"

namespace allclear {

struct CheckResult {
  WallTime at;  // when the probe started
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::no_data;
  Phase phase = Phase::judge;  // where it failed
  microseconds latency{0};
  PhaseTimings timings;
  int status_code = 0;  // HTTP; 0: none
  std::optional<WallTime> certificate_expiry;
  std::string detail;  // evidence for operators, at most 4 KiB; empty when up
};

}  // namespace allclear
