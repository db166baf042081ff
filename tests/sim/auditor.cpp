#include "tests/sim/auditor.h"

#include <algorithm>

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

bool raises(IncidentStep step) {
  switch (step) {
    case IncidentStep::opened:
    case IncidentStep::escalated:
    case IncidentStep::flapping_started:
    case IncidentStep::reopened: return true;
    case IncidentStep::flapping_stopped:
    case IncidentStep::acknowledged:
    case IncidentStep::updated:
    case IncidentStep::reminder:
    case IncidentStep::resolved: return false;
  }
  return false;
}

bool begins(IncidentStep step) { return step == IncidentStep::opened || step == IncidentStep::flapping_started; }

bool same_transition(const Transition& left, const Transition& right) {
  return left.from == right.from && left.to == right.to && left.at == right.at &&
         left.confirmed_at == right.confirmed_at && left.maintenance == right.maintenance;
}

}  // namespace

void Auditor::committed(const Decision& decision) {
  if (decision.key && decision.result) judge_result(decision);
  if (decision.transition) judge_transition(decision);
  if (decision.service_state) {
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
  if (replays(decision, before)) return;
  if (may_start_afresh_.contains(decision.service) && replays(decision, afresh(before))) return;
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
  if (turns && transition.maintenance) ++maintenances_;
  if (transition.from == transition.to && !turns) complain(name + ": a transition to the same state");
  if (transition.at > transition.confirmed_at) complain(name + ": a transition dated after its confirmation");
  if (!decision.service_state || decision.service_state->verdict != transition.to) {
    complain(name + ": a transition without its service state");
  }
  last_transitions_[decision.service] = transition;
}

void Auditor::judge_incident(const Decision& decision) {
  const Incident& incident = *decision.incident;
  const std::string& name = decision.service.value();
  if (incident.service == world_.steady()) complain("an incident of a service that never failed");
  for (const auto& [id, other] : incidents_) {
    if (incident.open() && other.open() && other.service == incident.service && id != incident.id) {
      complain(name + ": two open incidents at once");
    }
  }
  if (!incident.open() && *incident.resolved_at < incident.opened_at)
    complain(name + ": resolved before it was opened");
  const auto before = incidents_.find(incident.id);
  const std::uint32_t known =
      before == incidents_.end() || before->second.timeline.empty() ? 0 : before->second.timeline.back().ordinal;
  if (!incident.timeline.empty() && incident.timeline.back().ordinal < known)
    complain(name + ": an incident forgot a step");
  if (before == incidents_.end()) {
    ++incidents_opened_;
    if (incident.timeline.empty() || !begins(incident.timeline.front().step)) {
      complain(name + ": an incident that does not begin with its opening");
    }
  }
  for (const TimelineEntry& entry : incident.timeline) {
    if (entry.ordinal > known) judge_new_step(decision, entry);
  }
  incidents_[incident.id] = incident;
}

void Auditor::judge_new_step(const Decision& decision, const TimelineEntry& step) {
  const Incident& incident = *decision.incident;
  const bool over = step.state == IncidentState::resolved;
  for (const ChannelId& channel : *world_.service(decision.service).alerts) {
    const bool owed = has_alert(decision, step.ordinal, channel);
    const bool waits = told_.contains({incident.id, channel});
    if (raises(step.step) && incident.announced && !owed) {
      complain(
          fmt::format("{}: {} is told nothing of step {}", decision.service.value(), channel.value(), step.ordinal));
    }
    // A service that left the config while we were away took its channels with it.
    const bool channels_gone = step.body.find("removed") != std::string::npos;
    if (over && waits && !owed && !channels_gone) {
      complain(fmt::format("{}: {} never hears of the end", decision.service.value(), channel.value()));
    }
    if (over && owed && !waits) {
      complain(fmt::format("{}: up without down for {}", decision.service.value(), channel.value()));
    }
    if (raises(step.step) && owed) told_.insert({incident.id, channel});
    if (over) told_.erase({incident.id, channel});
  }
}

void Auditor::judge_alerts(const Decision& decision) {
  for (const Alert& alert : decision.alerts) {
    const auto has_step = [&](const TimelineEntry& entry) {
      return entry.ordinal == alert.ordinal && entry.step == alert.step;
    };
    const bool backed = decision.incident && decision.incident->id == alert.incident &&
                        std::any_of(decision.incident->timeline.begin(), decision.incident->timeline.end(), has_step);
    if (!backed) complain(decision.service.value() + ": an alert without an incident step");
    if (raises(alert.step) && world_.under_maintenance(decision.service, alert.created_at))
      complain(decision.service.value() + ": an alert inside maintenance");
    const auto [place, fresh] = alerts_.emplace(AlertPlace{alert.incident, alert.ordinal, alert.channel}, alert);
    if (!fresh && (place->second.id != alert.id || place->second.step != alert.step)) {
      complain(decision.service.value() + ": two different alerts with one ordinal");
    }
  }
}

bool Auditor::has_alert(const Decision& decision, std::uint32_t ordinal, const ChannelId& channel) const {
  return std::any_of(decision.alerts.begin(), decision.alerts.end(), [&](const Alert& alert) {
    return alert.ordinal == ordinal && alert.channel == channel && alert.state == AlertState::owed;
  });
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
