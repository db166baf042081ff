#include "core/rules/conclude.h"

#include <algorithm>

#include "core/rules/incident_lifecycle.h"
#include "core/rules/routing.h"

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

Routing routing_of(const ServiceView& view) {
  static const ChannelPolicies none;
  return {*view.service->alerts, view.channels == nullptr ? none : *view.channels};
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

void take_incident(const ServiceView& view, std::optional<IncidentUpdate> update, WallTime now, Decision& decision) {
  if (!update) return;
  settle_announcement(view, update->incident, update->steps);
  decision.alerts = route(routing_of(view), *update, now);
  decision.incident = std::move(update->incident);
}

// A first result that would not be announced need not wait.
bool holds_back(const ServiceView& view, Verdict to) {
  const bool worse = to != Verdict::unknown && (view.open_incident ? to > view.open_incident->worst : to > Verdict::up);
  return view.held && worse && (view.service->alerts_on_first || !without_history(view.state));
}

}  // namespace

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
  if (holds_back(view, standing.verdict)) return decision;
  take_incident(
      view,
      advance_incident(*view.service, view.open_incident, view.last_resolved, *decision.transition, result.detail), now,
      decision);
  return decision;
}

bool owes_news(const ServiceView& view) {
  const Verdict verdict = view.state.verdict;
  if (verdict != Verdict::degraded && verdict != Verdict::down) return false;
  if (view.open_incident) return verdict > view.open_incident->worst;
  const bool ended_by_hand = view.last_resolved && view.last_resolved->opened_at >= view.state.since;
  return !ended_by_hand && !without_history(view.state);
}

Decision conclude_release(const ServiceView& view, const std::string& detail, WallTime now) {
  Decision decision;
  decision.service = view.service->id;
  if (!owes_news(view)) return decision;
  const Verdict from = view.open_incident ? view.open_incident->worst : Verdict::up;
  const Transition held{view.service->id,
                        from,
                        view.state.verdict,
                        view.state.since,
                        now,
                        view.state.reason,
                        aggregate(*view.service, view.checks).cause};
  take_incident(view, advance_incident(*view.service, view.open_incident, view.last_resolved, held, detail), now,
                decision);
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
  if (view.open_incident) take_incident(view, end_incident(*view.open_incident, now, why), now, decision);
  return decision;
}

}  // namespace allclear
