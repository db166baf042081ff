// Service and Catalogue: what the config names. Immutable values; a reload makes a new catalogue.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/shared.h"
#include "base/time.h"
#include "core/model/calendar.h"
#include "core/model/channel.h"
#include "core/model/check.h"
#include "core/model/ids.h"
#include "core/model/incident.h"

namespace allclear {

// Reserved: the monitor's own faults are incidents of it, and its checks are the anchors of blindness (R11).
inline const ServiceId& monitor_service() {
  static const ServiceId id("monitor");
  return id;
}

enum class Visibility : std::uint8_t { open, internal };  // contract: "public", "internal"

struct Service {
  ServiceId id;
  SharedText name;
  SharedText group;
  Visibility visibility = Visibility::open;
  bool enabled = true;
  Shared<std::vector<ServiceId>> depends_on;
  std::vector<std::shared_ptr<const Check>> checks;  // at least one
  Shared<std::vector<ChannelId>> alerts;             // channels told; resolved from defaults by the config
  bool alerts_on_first = false;
  std::optional<Severity> severity;  // overrides the policy
  milliseconds reopen{600'000};      // a new failure within this time of the end continues the incident
};

// The reason in words for people. A heartbeat's unexpected status is what its job said, with its exit code; 0: not told.
std::string describe_failure(const Service& service, const CheckId& cause, Reason reason, int exit_code = 0);

struct Catalogue {
  std::string version;                                   // changes with the content
  std::vector<std::shared_ptr<const Service>> services;  // in the config's order, ids unique
  ChannelPolicies channels;                              // of every channel; one that is not here has none
  GroupingPolicy grouping;
  Shared<std::vector<ChannelId>> own_alerts;  // channels that are told of the monitor's own faults
  std::vector<std::shared_ptr<const Maintenance>> maintenances;  // ids unique
};

}  // namespace allclear
