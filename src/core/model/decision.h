// Decision: the only thing the engine stores: one result, what it changed, and the alerts that it owes. Value.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/model/alert.h"
#include "core/model/calendar.h"
#include "core/model/check_result.h"
#include "core/model/check_state.h"
#include "core/model/incident.h"

namespace allclear {

// A window that was planned while the monitor ran: stored whole, or taken out.
struct MaintenancePlan {
  std::shared_ptr<const Maintenance> maintenance;
  bool dropped = false;
};

struct Decision {
  ServiceId service;
  // A check's decision; absent for decisions about a whole service (archived, by hand).
  std::optional<CheckKey> key;
  std::optional<CheckResult> result;  // one row of the log
  // The next state row; absent when verdict and streaks did not change. Its `version` is the one that the row will
  // have; the store accepts it only when the stored version is `version - 1` (0: no row).
  std::optional<CheckState> state;
  std::optional<Transition> transition;       // of the service
  std::optional<ServiceState> service_state;  // present with every transition
  std::optional<Incident> incident;           // inserted or replaced whole
  std::vector<Alert> alerts;                  // inserted; one that exists already stays as it is
  std::optional<MaintenancePlan> plan{};

  bool urgent() const { return transition.has_value() || incident.has_value() || !alerts.empty() || plan.has_value(); }
};

}  // namespace allclear
