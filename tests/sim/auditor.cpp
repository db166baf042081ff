#include "tests/sim/auditor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/rules/decide.h"

namespace allclear::sim {
namespace {

// What is left of a check's state when its service was paused.
CheckState afresh(const CheckState& before) {
  CheckState state;
  state.version = before.version;
  return state;
}

// After a restart the last result is what the log has last, also when the check began afresh since (and a run began).
CheckState with_last(CheckState state, const CheckResult& last) {
  state.last_verdict = last.verdict;
  state.last_reason = last.reason;
  return state;
}

bool same_transition(const Transition& left, const Transition& right) {
  return left.from == right.from && left.to == right.to && left.at == right.at &&
         left.confirmed_at == right.confirmed_at && left.maintenance == right.maintenance;
}

}  // namespace

void Auditor::committed(const Decision& decision) {
  if (decision.key && decision.result) judge_result(decision);
  // The start of a job's run.
  if (decision.key && decision.state && !decision.result && decision.state->started_at)
    checks_[*decision.key] = *decision.state;
  if (decision.transition) judge_transition(decision);
  if (decision.service_state) {
    moved_.insert(decision.service);
    services_[decision.service] = *decision.service_state;
    if (decision.service_state->reason == Reason::paused) paused(decision.service);
  }
  judge_alerts(decision);
  if (decision.incident) judge_incident(decision);
}

bool Auditor::replays(const Decision& decision, const CheckState& before) {
  const Service& service = world_.service(decision.service);
  const auto check = std::find_if(service.checks.begin(), service.checks.end(),
                                  [&](const auto& one) { return one->id == decision.key->check; });
  CheckState start = before;
  start.last_at = {};  // it was accepted, so it was in order, whatever the wall clock did
  const CheckState after = decide((*check)->confirm, start, *decision.result).state;
  const bool same = decision.state ? same_row(after, *decision.state) : same_row(after, before);
  if (!same) return false;
  checks_[*decision.key] = after;
  if (decision.state) checks_[*decision.key].version = decision.state->version;
  return true;
}

void Auditor::judge_result(const Decision& decision) {
  const CheckState before = checks_[*decision.key];
  const CheckResult last = std::exchange(last_results_[*decision.key], *decision.result);
  if (replays(decision, before)) return;
  if (may_start_afresh_.contains(decision.service) && replays(decision, with_last(before, last))) return;
  if (may_start_afresh_.contains(decision.service) && replays(decision, afresh(before))) return;
  // Once more, since the answer that it was stored was lost: it counts once.
  if (!decision.state && before.last_at == decision.result->at && before.last_verdict == decision.result->verdict)
    return;
  complain(fmt::format("the log of {}/{} does not replay to its stored state", decision.service.value(),
                       decision.key->check.value()));
}

void Auditor::judge_transition(const Decision& decision) {
  const Transition& transition = *decision.transition;
  const std::string& name = decision.service.value();
  const auto last = last_transitions_.find(decision.service);
  if (last != last_transitions_.end() && same_transition(last->second, transition)) return;  // stored twice: no harm
  if (transition.from != services_[decision.service].verdict)
    complain(name + ": a transition from a state it was not in");
  const bool turns = transition.maintenance != services_[decision.service].maintenance;
  if (turns && transition.maintenance) ++counts_.maintenances;
  if (transition.from == transition.to && !turns) complain(name + ": a transition to the same state");
  if (transition.at > transition.confirmed_at) complain(name + ": a transition dated after its confirmation");
  if (!decision.service_state || decision.service_state->verdict != transition.to) {
    complain(name + ": a transition without its service state");
  }
  const bool counts = judges_maintenance_ && transition.reason != Reason::paused;
  if (counts && transition.maintenance != world_.under_maintenance(decision.service, transition.confirmed_at))
    complain(name + ": its maintenance is not what the calendar says");
  const auto& parents = *world_.service(decision.service).depends_on;
  const bool held = std::any_of(parents.begin(), parents.end(),
                                [&](const ServiceId& parent) { return services_[parent].verdict == Verdict::down; });
  if (held && transition.to == Verdict::down) ++counts_.held;
  last_transitions_[decision.service] = transition;
}

std::size_t Auditor::known_checks(const ServiceId& service) const {
  return static_cast<std::size_t>(std::count_if(checks_.begin(), checks_.end(), [&](const auto& entry) {
    return entry.first.service == service && entry.second.verdict != Verdict::unknown;
  }));
}

void Auditor::compare(const StoredState& stored) {
  for (const StoredCheck& check : stored.checks) {
    if (!same_row(check.state, checks_[check.key])) {
      complain(fmt::format("the stored state of {}/{} is not what its log says", check.key.service.value(),
                           check.key.check.value()));
    }
  }
  for (const ServiceState& state : stored.services) {
    if (services_[state.service] != state)
      complain(state.service.value() + ": the stored service state differs from the log");
  }
  std::size_t open = 0;
  for (const auto& [id, incident] : incidents_) open += incident.open() ? 1 : 0;
  if (open != stored.open_incidents.size()) complain("the store has other open incidents than the log");
  for (const Incident& incident : stored.open_incidents) {
    if (!(incidents_[incident.id] == incident))
      complain(incident.service.value() + ": an open incident is not the committed one");
  }
}

}  // namespace allclear::sim
