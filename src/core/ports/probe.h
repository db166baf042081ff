// Probe: asks one target once, and looks around a failing one. One instance per event loop; called only on that loop; many calls may be in flight.
#pragma once

#include "core/model/check.h"
#include "core/model/evidence.h"
#include "core/model/observation.h"
#include "core/ports/task.h"

namespace allclear {

class Probe {
 public:
  virtual ~Probe() = default;
  // Never throws and always returns by `deadline` (one deadline for the whole check) plus scheduling delay:
  // every failure is an Observation with its phase. Cancelled tasks end by operation_aborted without a result.
  virtual Task<Observation> observe(const Check& check, MonotonicTime deadline) = 0;
  // Names, addresses and certificate of the check's target, each by itself. As above: what cannot be found out is left
  // out.
  virtual Task<Evidence> gather(const Check& check, MonotonicTime deadline) = 0;
};

}  // namespace allclear
