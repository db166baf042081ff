// conclude: from a check's step to the whole decision: service state, incident, alerts owed. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "core/model/decision.h"
#include "core/model/service.h"
#include "core/rules/aggregate.h"

namespace allclear {

struct ServiceView {
  const Service* service = nullptr;
  std::vector<CheckView> checks;  // with the step's next state already in place
  ServiceState state;             // as confirmed before
  std::optional<Incident> open_incident;
  std::optional<Incident> last_resolved;
};

// `key`, `result` and `state` of the decision are the caller's; this fills in the rest.
Decision conclude(const ServiceView& view, const CheckResult& result, WallTime now);

}  // namespace allclear
