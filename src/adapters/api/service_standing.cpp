#include "adapters/api/service_standing.h"

#include <algorithm>

namespace allclear::api {

ServiceStanding standing_of(const ServiceSnapshot& service) {
  ServiceStanding standing;
  const bool enabled = service.service->enabled;
  standing.state = enabled ? to_shown(service.state.verdict, service.state.maintenance) : ShownState::unknown;
  standing.reason = enabled ? service.state.reason : Reason::paused;
  if (service.state.since != WallTime{}) standing.since = service.state.since;
  for (const CheckSnapshot& check : service.checks) {
    if (check.state.last_at == WallTime{} || check.state.last_reason == Reason::unsupported) continue;
    standing.checked_at = std::max(standing.checked_at.value_or(check.state.last_at), check.state.last_at);
    if (check.state.last_latency > microseconds(0)) {
      standing.latency = std::max<microseconds>(standing.latency.value_or(microseconds(0)), check.state.last_latency);
    }
  }
  return standing;
}

std::string_view word_of(Visibility visibility) {
  switch (visibility) {
    case Visibility::open: return "public";
    case Visibility::internal: return "internal";
  }
  return "internal";
}

}  // namespace allclear::api
