// Incidents and the alerts that they owe: who must be told, who must not, and in which words.
#include <algorithm>

#include <fmt/format.h>

#include "core/rules/grouping.h"
#include "tests/sim/auditor.h"

namespace allclear::sim {
namespace {

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

template <class Value>
bool holds(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool has_alert(const Decision& decision, std::uint32_t ordinal, const ChannelId& channel) {
  return std::any_of(decision.alerts.begin(), decision.alerts.end(), [&](const Alert& alert) {
    return alert.ordinal == ordinal && alert.channel == channel && alert.state == AlertState::owed;
  });
}

bool asked_for(const ChannelPolicy& policy, const Incident& incident) {
  const bool verdict = policy.only_verdicts.empty() || holds(policy.only_verdicts, incident.worst);
  const bool severity = policy.only_severities.empty() || holds(policy.only_severities, incident.severity);
  return verdict && severity;
}

}  // namespace

// A service's own channels; a group's incident is told to its channel alone.
std::vector<ChannelId> Auditor::channels_of(const Incident& incident) const {
  if (is_group(incident)) return {incident.group};
  return *world_.service(incident.service).alerts;
}

void Auditor::judge_beginning(const Incident& incident) {
  if (is_group(incident)) return;  // stored before it says anything
  ++counts_.incidents;
  if (incident.service == monitor_service()) ++counts_.blind;
  if (incident.timeline.empty() || !begins(incident.timeline.front().step))
    complain(incident.service.value() + ": an incident that does not begin with its opening");
}

void Auditor::judge_incident(const Decision& decision) {
  const Incident& incident = *decision.incident;
  const std::string& name = decision.service.value();
  if (incident.service == world_.steady()) complain("an incident of a service that never failed");
  for (const auto& [id, other] : incidents_) {
    const bool same_kind = other.service == incident.service && other.group == incident.group;
    if (incident.open() && other.open() && same_kind && id != incident.id)
      complain(name + ": two open incidents at once");
  }
  if (!incident.open() && *incident.resolved_at < incident.opened_at)
    complain(name + ": resolved before it was opened");
  const auto before = incidents_.find(incident.id);
  const std::uint32_t known = newest_steps_[incident.id];
  if (!incident.timeline.empty()) newest_steps_[incident.id] = std::max(known, incident.timeline.back().ordinal);
  changed_.insert(incident.id);
  if (before == incidents_.end()) judge_beginning(incident);
  if (before != incidents_.end() && incident.reopened > before->second.reopened) acknowledged_.erase(incident.id);
  for (const TimelineEntry& entry : incident.timeline) {
    if (entry.ordinal <= known) continue;
    judge_new_step(decision, entry);
    if (is_group(incident)) judge_group(incident, entry);
  }
  judge_grouped(incident);
  incidents_[incident.id] = incident;
}

void Auditor::acknowledged(const IncidentId& incident, std::uint32_t reopened) {
  if (incidents_.at(incident).reopened == reopened) acknowledged_.insert(incident);
}

// What a group does not name or count nobody hears of.
void Auditor::judge_group(const Incident& group, const TimelineEntry& word) {
  if (word.step == IncidentStep::opened) ++counts_.groups;
  for (const auto& [id, incident] : incidents_) {
    if (!incident.open() || is_group(incident) || !holds(incident.grouped, group.group)) continue;
    const std::string& name = world_.service(incident.service).name;
    if (word.step == IncidentStep::resolved)
      left_out_.emplace(id, name + ": its group ended although it fails on");
    else if (word.body.find(name) == std::string::npos)
      left_out_.emplace(id, name + ": its group does not name it");
  }
}

void Auditor::judge_grouped(const Incident& incident) {
  if (!incident.open()) return;
  for (const ChannelId& channel : incident.grouped) {
    const bool exists = std::any_of(incidents_.begin(), incidents_.end(), [&](const auto& entry) {
      return entry.second.open() && entry.second.group == channel;
    });
    if (!exists) complain(incident.service.value() + ": left to a group that is not there");
    told_.insert({incident.id, channel});
  }
}

void Auditor::judge_new_step(const Decision& decision, const TimelineEntry& step) {
  const Incident& incident = *decision.incident;
  if (step.step == IncidentStep::flapping_started) ++counts_.flapping;
  if (step.step == IncidentStep::reminder) {
    ++counts_.reminders;
    if (acknowledged_.contains(incident.id))
      complain(decision.service.value() + ": a reminder although somebody looks after it");
  }
  for (const ChannelId& channel : channels_of(incident)) {
    if (raises(step.step)) judge_raise(decision, step, channel);
    if (step.state == IncidentState::resolved) judge_end(decision, step, channel);
  }
  if (raises(step.step)) judge_page(decision, step);
}

void Auditor::judge_raise(const Decision& decision, const TimelineEntry& step, const ChannelId& channel) {
  const Incident& incident = *decision.incident;
  const std::string& name = decision.service.value();
  const ChannelPolicy& policy = world_.policy(channel);
  const bool owed = has_alert(decision, step.ordinal, channel);
  const bool knows = told_.contains({incident.id, channel});
  const bool wants = asked_for(policy, incident) || is_group(incident);
  const bool at_once = policy.after <= milliseconds(0) || is_group(incident);
  if (incident.announced && (knows || (wants && at_once)) && !owed && !holds(incident.grouped, channel))
    complain(fmt::format("{}: {} is told nothing of step {}", name, channel.value(), step.ordinal));
  if (owed && !knows && !wants) complain(fmt::format("{}: {} is told what it did not ask for", name, channel.value()));
  if (owed && !knows && !at_once) complain(fmt::format("{}: {} is told too soon", name, channel.value()));
  if (owed) told_.insert({incident.id, channel});
}

void Auditor::judge_end(const Decision& decision, const TimelineEntry& step, const ChannelId& channel) {
  const Incident& incident = *decision.incident;
  const std::string& name = decision.service.value();
  const bool owed = has_alert(decision, step.ordinal, channel);
  const bool waits = told_.contains({incident.id, channel});
  // A service that left the config while we were away took its channels with it.
  const bool channels_gone = step.body.find("removed") != std::string::npos;
  if (waits && !owed && !channels_gone && !holds(incident.grouped, channel))
    complain(fmt::format("{}: {} never hears of the end", name, channel.value()));
  if (owed && !waits) complain(fmt::format("{}: up without down for {}", name, channel.value()));
  told_.erase({incident.id, channel});
}

// Something new is told of the service: was it the service's fault?
void Auditor::judge_page(const Decision& decision, const TimelineEntry& step) {
  const Incident& incident = *decision.incident;
  const auto tells = [&](const Alert& alert) { return alert.ordinal == step.ordinal; };
  const bool told = std::any_of(decision.alerts.begin(), decision.alerts.end(), tells) || !incident.grouped.empty();
  if (!told || is_group(incident)) return;
  if (cut_off_.contains(incident.service) && step.at >= cut_off_at_)
    complain(incident.service.value() + ": told of although our own network is gone");
  if (step.step == IncidentStep::flapping_started) return;
  for (const ServiceId& parent : *world_.service(incident.service).depends_on) {
    if (services_[parent].verdict == Verdict::down) pages_below_.insert({incident.service, parent});
  }
}

// Not before its end: after a conflict what is judged again comes behind what was decided later.
void Auditor::end_of_transaction() {
  for (const auto& [child, parent] : pages_below_) {
    if (!moved_.contains(parent) && !dropped_.contains(parent))
      complain(child.value() + ": told of although its parent is down");
  }
  for (const auto& [incident, what] : left_out_) {
    if (!moved_.contains(incidents_.at(incident).service) && judged_again_ == 0) complain(what);
  }
  if (judged_again_ > 0) --judged_again_;
  if (judged_again_ == 0) dropped_.clear();
  // What was stored though the answer was lost comes once more, the older before the newer.
  for (const IncidentId& id : changed_) {
    const auto& timeline = incidents_.at(id).timeline;
    if (newest_steps_[id] > (timeline.empty() ? 0 : timeline.back().ordinal))
      complain(incidents_.at(id).service.value() + ": an incident forgot a step");
  }
  changed_.clear();
  left_out_.clear();
  pages_below_.clear();
  moved_.clear();
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
    if (decision.incident && fresh) judge_late_alert(*decision.incident, alert);
  }
}

// A channel with `after` is told of an older step, when nobody took care meanwhile.
void Auditor::judge_late_alert(const Incident& incident, const Alert& alert) {
  const auto before = incidents_.find(incident.id);
  const bool is_late = before != incidents_.end() && !before->second.timeline.empty() &&
                       alert.ordinal <= before->second.timeline.back().ordinal;
  if (!is_late) return;
  if (acknowledged_.contains(incident.id))
    complain(incident.service.value() + ": told late although somebody looks after it");
  if (raises(alert.step)) told_.insert({incident.id, alert.channel});
}

}  // namespace allclear::sim
