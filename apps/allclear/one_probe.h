// Asks one target once, on a loop of its own: `check`, and `status` for its server. Blocking.
#pragma once

#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/observation.h"

namespace allclear::app {

struct Probed {
  Observation observation;
  CheckResult result;
};

Probed probe_once(const Check& check);

}  // namespace allclear::app
