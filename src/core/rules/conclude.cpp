#include "core/rules/conclude.h"

#include <algorithm>

#include "core/rules/incident_lifecycle.h"
#include "core/rules/routing.h"

namespace allclear {
namespace {

Before before_of(const ServiceView& view, WallTime left_since) { return {left_since, view.rows_written}; }

bool without_history(const ServiceState& state) { return state.since == WallTime{}; }

// The change began when the stepping check's own state began, but not before the state it ends.
WallTime began(const ServiceView& view, WallTime now) {
  if (!view.stepped) return now;
  const WallTime stepped = std::min(view.checks[*view.stepped].state->since, now);
  const bool ordered = view.state.since <= now;  // not so after the wall clock was set back
  return ordered ? std::max(stepped, view.state.since) : stepped;
}

int status_of(const ServiceView& view, const CheckId& cause) {
  const auto found = std::find_if(view.checks.begin(), view.checks.end(),
                                  [&](const CheckView& one) { return one.check->id == cause; });
  return found == view.checks.end() ? 0 : found->state->last_status_code;
}

// A service that is well when its window ends has been so since its checks say it: its incident ended then. For the
// service itself, and for what fails, the window lasts to its end.
Transition out_of_window(const ServiceView& view, Transition standing, const Aggregate& now_is) {
  const bool leaves = view.state.maintenance && !view.maintenance;
  if (leaves && standing.to == Verdict::up && now_is.since != WallTime{})
    standing.at = std::min(now_is.since, standing.at);
  return standing;
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
    case IncidentStep::flapping_started:
    case IncidentStep::reopened: incident.announced = true; break;
    case IncidentStep::flapping_stopped:
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

bool flaps(const ServiceView& view) {
  return view.service->enabled && !view.maintenance &&
         std::any_of(view.checks.begin(), view.checks.end(),
                     [](const CheckView& one) { return one.check->enabled && one.state->flaps.flapping; });
}

// While it flaps, changes are stored and shown, and the incident notes the worst of them only. False: it does not.
bool take_flapping(const ServiceView& view, const Transition& standing, const std::string& evidence,
                   Decision& decision) {
  const bool before = view.open_incident && view.open_incident->flapping;
  const bool now = flaps(view);
  if (!before && !now) return false;
  if (now && !before) {
    const bool fails = standing.to == Verdict::down || standing.to == Verdict::degraded;
    if (view.parent_down || (!fails && view.trouble == Reason::ok)) return false;  // a later result begins it
    Transition begun = standing;
    if (!fails) begun.reason = view.trouble;
    take_incident(view,
                  start_flapping(*view.service, view.open_incident, view.last_resolved, begun, evidence,
                                 before_of(view, view.state.since)),
                  standing.confirmed_at, decision);
  } else if (before && !now && standing.to != Verdict::unknown) {
    take_incident(view, stop_flapping(*view.service, *view.open_incident, standing), standing.confirmed_at, decision);
  } else if (standing.to != Verdict::unknown && standing.to > view.open_incident->worst) {
    decision.incident = *view.open_incident;
    decision.incident->worst = standing.to;
    decision.incident->severity = std::max(decision.incident->severity, severity_of(*view.service, standing.to));
  }
  return true;
}

}  // namespace

Decision conclude(const ServiceView& view, const CheckResult& result, WallTime now) {
  Decision decision;
  decision.service = view.service->id;
  Aggregate now_is = aggregate(*view.service, view.checks);
  if (view.maintenance) now_is.verdict = Verdict::unknown;
  const bool turns = view.maintenance != view.state.maintenance;
  const bool changes = turns || now_is.verdict != view.state.verdict;
  const WallTime since = changes ? began(view, now) : view.state.since;
  Transition standing{
      view.service->id, view.state.verdict, now_is.verdict, since, now, now_is.reason, turns ? CheckId() : now_is.cause,
      view.maintenance};
  standing.status_code = status_of(view, standing.cause);
  // The same state for another reason (another check decides now): the row follows, nobody is told.
  if (changes || now_is.reason != view.state.reason)
    decision.service_state = ServiceState{view.service->id, now_is.verdict, now_is.reason, view.maintenance, since};
  if (changes) decision.transition = standing;
  const Transition told = out_of_window(view, standing, now_is);
  if (take_flapping(view, told, result.detail, decision)) return decision;
  if (!changes || holds_back(view, now_is.verdict)) return decision;
  take_incident(view,
                advance_incident(*view.service, view.open_incident, view.last_resolved, told, result.detail,
                                 before_of(view, view.state.since)),
                now, decision);
  return decision;
}

namespace {

// What tells one held failure from another that began in the same millisecond of a clock that was set back: since when
// the service was well before it is not stored.
WallTime newest_result(const ServiceView& view) {
  WallTime newest{};
  for (const CheckView& one : view.checks) newest = std::max(newest, one.state->last_at);
  return newest;
}

}  // namespace

bool owes_news(const ServiceView& view) {
  const Verdict verdict = view.state.verdict;
  if (verdict != Verdict::degraded && verdict != Verdict::down) return false;
  if (view.open_incident) return verdict > view.open_incident->worst;
  // The same failure's. By its time alone another may be taken for it: by a clock that was set back the same slot comes
  // again.
  const auto& last = view.last_resolved;
  const bool by_hand = last && !last->timeline.empty() && !last->timeline.back().author.empty();
  const bool ended_by_hand = by_hand && last->opened_at == view.state.since;
  return !ended_by_hand && !without_history(view.state);
}

Decision conclude_release(const ServiceView& view, const std::string& detail, WallTime now) {
  Decision decision;
  decision.service = view.service->id;
  if (!owes_news(view)) return decision;
  const Verdict from = view.open_incident ? view.open_incident->worst : Verdict::up;
  Transition held{view.service->id,
                  from,
                  view.state.verdict,
                  view.state.since,
                  now,
                  view.state.reason,
                  aggregate(*view.service, view.checks).cause};
  held.status_code = status_of(view, held.cause);
  take_incident(view,
                advance_incident(*view.service, view.open_incident, view.last_resolved, held, detail,
                                 before_of(view, newest_result(view))),
                now, decision);
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
  decision.service_state = ServiceState{view.service->id, Verdict::unknown, Reason::paused, false, at};
  if (view.open_incident) take_incident(view, abandon_incident(*view.open_incident, now, why), now, decision);
  return decision;
}

}  // namespace allclear
