#include "tests/sim/delivery_auditor.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/delivery.h"
#include "core/rules/routing.h"

namespace allclear::sim {
namespace {

bool is_in_stead(const Alert& alert) { return alert.channel == ChannelId("chat"); }

template <class Take>
void each_alert(Queries& queries, std::vector<AlertState> states, const Take& take) {
  AlertQuery query;
  query.states = std::move(states);
  query.limit = 1'000;
  do {
    const auto page = queries.alerts(query);
    for (const AlertRecord& record : page->alerts) take(record.alert);
    query.cursor = page->next;
  } while (!query.cursor.empty());
}

}  // namespace

void DeliveryAuditor::complain_of(const Alert& alert, const char* what) {
  findings_.add(fmt::format("{} {} step {} for {}: {}", alert.service.value(), to_string(alert.step), alert.ordinal,
                            alert.channel.value(), what));
}

void DeliveryAuditor::committed(const Decision& decision) {
  if (decision.incident) {
    auto& steps = steps_[decision.incident->id];
    for (const TimelineEntry& entry : decision.incident->timeline) steps.emplace(entry.ordinal, entry.state);
  }
  for (const Alert& alert : decision.alerts) {
    owed_.emplace(alert.id, alert);
    if (tells_of_worse(alert.step)) raised_[{alert.incident, alert.channel}].insert(alert.ordinal);
  }
}

void DeliveryAuditor::try_begins(const Alert& alert, DriverNumber driver, milliseconds now) {
  const auto [first, last] = tries_.equal_range(alert.id);
  for (auto each = first; each != last; ++each) {
    const bool leases_hold = !jumped_at_ || *jumped_at_ + std::chrono::minutes(2) < each->second.since;
    if (leases_hold && !tried_twice_.contains(alert.id)) complain_of(alert, "two are telling it at once");
    tried_twice_.insert(alert.id);
  }
  tries_.emplace(alert.id, Try{driver, now});
}

void DeliveryAuditor::try_ends(const AlertId& alert, DriverNumber driver) {
  const auto [first, last] = tries_.equal_range(alert);
  const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second.driver == driver; });
  if (found != last) tries_.erase(found);
}

void DeliveryAuditor::driver_died(DriverNumber driver) {
  // What it had sent may arrive behind its successor's, whose turn it is when the lease is over: after a sleep at once.
  std::erase_if(tries_, [&](const auto& entry) {
    if (entry.second.driver != driver) return false;
    tried_twice_.insert(entry.first);
    return true;
  });
}

void DeliveryAuditor::arrived(const Alert& alert) {
  ++counts_.arrived;
  counts_.in_stead += is_in_stead(alert) ? 1 : 0;
  const auto steps = steps_.find(alert.incident);
  if (steps == steps_.end() || !steps->second.contains(alert.ordinal))
    return complain_of(alert, "told before it was stored");
  if (sent_.contains(alert.id) && !tried_twice_.contains(alert.id)) complain_of(alert, "told again");
  if (!arrived_.insert(alert.id).second) {
    ++counts_.again;
    return;
  }
  std::uint32_t& newest = newest_[{alert.incident, alert.channel}];
  // A reminder that its channel did not take goes to the fallback when its own minute is over: others may have gone before.
  const bool own_pace = is_in_stead(alert) && alert.step == IncidentStep::reminder;
  const auto follows_replay =
      any_before(alert, [&](std::uint32_t, const AlertId& id) { return replayed_.contains(id); });
  if (alert.ordinal < newest && !replayed_.contains(alert.id) && !follows_replay && !own_pace)
    complain_of(alert, "told after a later step");
  newest = std::max(newest, alert.ordinal);
  const bool ends = steps->second.at(alert.ordinal) == IncidentState::resolved;
  std::uint32_t& told_of = told_of_[{alert.incident, alert.channel}];
  if (ends && (told_of == 0 || ended_elsewhere(alert, told_of))) judge_end(alert);
  told_of = ends ? 0 : alert.ordinal;
}

template <class Holds>
bool DeliveryAuditor::any_before(const Alert& alert, const Holds& holds) const {
  const auto& steps = steps_.at(alert.incident);
  for (auto step = std::make_reverse_iterator(steps.lower_bound(alert.ordinal)); step != steps.rend(); ++step) {
    if (step->second == IncidentState::resolved) return false;
    if (holds(step->first, alert_id(alert.incident, step->first, alert.channel))) return true;
  }
  return false;
}

// Whether the incident ended between the two in words that were not its channel's: a group's.
bool DeliveryAuditor::ended_elsewhere(const Alert& alert, std::uint32_t since) const {
  const auto& steps = steps_.at(alert.incident);
  return std::any_of(steps.upper_bound(since), steps.lower_bound(alert.ordinal), [&](const auto& step) {
    return step.second == IncidentState::resolved &&
           !ledger_.alert(alert_id(alert.incident, step.first, alert.channel))->has_value();
  });
}

void DeliveryAuditor::left_out(const Alert& alert) {
  left_out_.insert(alert.id);
  ++counts_.left_out;
  const bool refused = any_before(alert, [&](std::uint32_t, const AlertId& id) { return dead_.contains(id); });
  const bool knows = any_before(alert, [&](std::uint32_t, const AlertId& id) { return sent_.contains(id); });
  if (!refused || knows) complain_of(alert, "left out though its channel refused no opening");
}

// Of what it was to hear before something arrived, or is told by this.
void DeliveryAuditor::judge_end(const Alert& alert) {
  const auto raised = raised_.find({alert.incident, alert.channel});
  const auto arrived = [&](const AlertId& id) {
    if (arrived_.contains(id)) return true;
    const auto record = ledger_.alert(id);
    return *record && (*record)->alert.last_answer == told_by_recovery;
  };
  const auto known_by = [&](std::uint32_t ordinal, const AlertId& id) {
    if (is_in_stead(alert)) return arrived(id);
    return raised != raised_.end() && raised->second.contains(ordinal) && arrived(id);
  };
  const auto was_owed = [&](std::uint32_t, const AlertId& id) { return ledger_.alert(id)->has_value(); };
  // A fallback may be the first to hear of it by its end: the channel itself was told of the beginning.
  const bool known = any_before(alert, known_by) || (is_in_stead(alert) && !any_before(alert, was_owed));
  if (!known) complain_of(alert, "up without down");
}

void DeliveryAuditor::settled(const AlertId& alert, DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::sent: sent_.insert(alert); break;
    case DeliveryOutcome::rejected:
      dead_.insert(alert);
      ++counts_.dead;
      break;
    case DeliveryOutcome::retry_after: break;
  }
}

void DeliveryAuditor::compare(const Alert& stored) {
  switch (stored.state) {
    case AlertState::sent:
      if (!arrived_.contains(stored.id) && stored.last_answer != told_by_recovery)
        complain_of(stored, "counts as sent and never arrived");
      break;
    case AlertState::dead:
      if (!dead_.contains(stored.id) && !left_out_.contains(stored.id))
        complain_of(stored, "is dead and nobody refused it");
      break;
    case AlertState::owed:
    case AlertState::sending: break;
  }
}

void DeliveryAuditor::compare() {
  std::set<AlertId> stored;
  std::map<Way, std::uint32_t> last_recovery;
  each_alert(ledger_, {}, [&](const Alert& alert) {
    stored.insert(alert.id);
    compare(alert);
    const bool is_moot = alert.state == AlertState::dead && alert.last_answer == opening_refused;
    const bool is_told = alert.last_answer != told_by_recovery && !is_moot;
    std::uint32_t& last = last_recovery[{alert.incident, alert.channel}];
    if (alert.step == IncidentStep::resolved && is_told) last = std::max(last, alert.ordinal);
  });
  each_alert(ledger_, {AlertState::sent}, [&](const Alert& alert) {
    if (alert.last_answer == told_by_recovery && last_recovery[{alert.incident, alert.channel}] < alert.ordinal)
      complain_of(alert, "was left to a recovery that is not told");
  });
  for (const auto& [id, alert] : owed_) {
    if (!stored.contains(id)) complain_of(alert, "is gone from the ledger");
  }
}

std::vector<Alert> DeliveryAuditor::waiting(milliseconds now) {
  std::map<Way, Alert> first;
  each_alert(ledger_, {AlertState::owed, AlertState::sending}, [&](const Alert& alert) {
    const auto [entry, fresh] = first.emplace(Way{alert.incident, alert.channel}, alert);
    if (!fresh && alert.ordinal < entry->second.ordinal) entry->second = alert;
  });
  std::map<AlertId, milliseconds> since;
  std::vector<Alert> waiting;
  for (auto& [way, alert] : first) {
    const auto before = waits_since_.find(alert.id);
    since.emplace(alert.id, before == waits_since_.end() ? now : before->second);
    waiting.push_back(std::move(alert));
  }
  waits_since_ = std::move(since);
  return waiting;
}

}  // namespace allclear::sim
