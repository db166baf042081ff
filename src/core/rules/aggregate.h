// aggregate: a service's state from its checks' confirmed states. Pure.
#pragma once

#include <span>

#include "core/model/check.h"
#include "core/model/check_state.h"
#include "core/model/service.h"

namespace allclear {

struct CheckView {
  const Check* check = nullptr;
  LocationId location;
  const CheckStanding* state = nullptr;
};

struct Aggregate {
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::no_data;
  WallTime since{};  // when the deciding check's state began (back-dated)
  CheckId cause;
};

// `views` hold all locations of a check side by side. Disabled checks do not count; none left: unknown, paused.
// A check counts as bad as at least `quorum` of its known locations agree; a service is as bad as its worst known
// check; unknown checks count only when all are unknown. A paused service is unknown, paused.
Aggregate aggregate(const Service& service, std::span<const CheckView> views);

}  // namespace allclear
