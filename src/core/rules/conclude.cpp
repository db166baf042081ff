#include "core/rules/conclude.h"

#include <algorithm>

#include "base/hash.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {
namespace {

bool without_history(const ServiceState& state) { return state.since == WallTime{}; }

// The change began when the stepping check's own state began, but not before the state it ends.
WallTime began(const ServiceView& view, WallTime now) {
  if (!view.stepped) return now;
  const WallTime stepped = std::min(view.checks[*view.stepped].state->since, now);
  const bool ordered = view.state.since <= now;  // not so after the wall clock was set back
  return ordered ? std::max(stepped, view.state.since) : stepped;
}

// An opening that nobody was told of stays untold until it gets worse or comes back.
void settle_announcement(const ServiceView& view, Incident& incident, const std::vector<IncidentStep>& told) {
  if (told.empty()) return;
  switch (told.front()) {
    case IncidentStep::opened:
      incident.announced = view.service->alerts_on_first || !without_history(view.state);
      break;
    case IncidentStep::escalated:
    case IncidentStep::reopened: incident.announced = true; break;
    case IncidentStep::acknowledged:
    case IncidentStep::updated:
    case IncidentStep::reminder:
    case IncidentStep::resolved: break;
  }
}

}  // namespace

std::vector<Alert> alerts_owed(const Service& service, const Incident& incident, const std::vector<IncidentStep>& steps,
                               WallTime now) {
  std::vector<Alert> alerts;
  if (!incident.announced) return alerts;
  const std::uint32_t last = incident.timeline.back().ordinal;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto ordinal = last - static_cast<std::uint32_t>(steps.size() - 1 - i);
    for (const ChannelId& channel : *service.alerts) {
      Alert alert;
      alert.id = AlertId(stable_key({incident.id.value(), std::to_string(ordinal), channel.value()}));
      alert.incident = incident.id;
      alert.service = service.id;
      alert.ordinal = ordinal;
      alert.step = steps[i];
      alert.channel = channel;
      alert.created_at = now;
      alert.due_at = now;
      alerts.push_back(std::move(alert));
    }
  }
  return alerts;
}

Decision conclude(const ServiceView& view, const CheckResult& result, WallTime now) {
  Decision decision;
  decision.service = view.service->id;
  const Aggregate standing = aggregate(*view.service, view.checks);
  if (standing.verdict == view.state.verdict) {
    // The same state for another reason (another check decides now): the row follows, nobody is told.
    if (standing.reason != view.state.reason) {
      decision.service_state = ServiceState{view.service->id, standing.verdict, standing.reason, view.state.since};
    }
    return decision;
  }
  decision.transition = Transition{view.service->id, view.state.verdict, standing.verdict, began(view, now), now,
                                   standing.reason,  standing.cause};
  decision.service_state = ServiceState{view.service->id, standing.verdict, standing.reason, decision.transition->at};
  auto update =
      advance_incident(*view.service, view.open_incident, view.last_resolved, *decision.transition, result.detail);
  if (update) {
    settle_announcement(view, update->incident, update->steps);
    decision.alerts = alerts_owed(*view.service, update->incident, update->steps, now);
    decision.incident = std::move(update->incident);
  }
  return decision;
}

Decision conclude_end(const ServiceView& view, WallTime now, const std::string& why) {
  Decision decision;
  decision.service = view.service->id;
  const WallTime at = now;
  if (view.state.verdict != Verdict::unknown) {
    decision.transition =
        Transition{view.service->id, view.state.verdict, Verdict::unknown, at, at, Reason::paused, {}};
  }
  decision.service_state = ServiceState{view.service->id, Verdict::unknown, Reason::paused, at};
  if (view.open_incident) {
    IncidentUpdate update = end_incident(*view.open_incident, now, why);
    decision.alerts = alerts_owed(*view.service, update.incident, update.steps, now);
    decision.incident = std::move(update.incident);
  }
  return decision;
}

}  // namespace allclear
