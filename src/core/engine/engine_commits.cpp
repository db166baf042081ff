#include <algorithm>
#include <iterator>
#include <set>

#include "core/engine/engine_state.h"
#include "core/rules/conclude.h"
#include "core/rules/decide.h"

namespace allclear {
namespace {

// So often a conflict is resolved at once; beyond it something keeps on conflicting and must not spin.
constexpr int patient_conflicts = 3;

// The store names them; when it does not, everything that it reloaded is in doubt.
ServiceSet conflicting_services(const CommitFailed& event) {
  ServiceSet services(event.error.conflicting.begin(), event.error.conflicting.end());
  if (!services.empty()) return services;
  for (const StoredCheck& check : event.reloaded.checks) services.insert(check.key.service);
  for (const ServiceState& state : event.reloaded.services) services.insert(state.service);
  return services;
}

// Others have decisions in memory that are newer than what is stored.
StoredState only_of(const StoredState& stored, const ServiceSet& services) {
  StoredState part;
  const auto take = [&](const auto& from, auto& to, auto service_of) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(to),
                 [&](const auto& one) { return services.contains(service_of(one)); });
  };
  take(stored.checks, part.checks, [](const StoredCheck& one) { return one.key.service; });
  take(stored.services, part.services, [](const ServiceState& one) { return one.service; });
  take(stored.open_incidents, part.open_incidents, [](const Incident& one) { return one.service; });
  take(stored.recent_incidents, part.recent_incidents, [](const Incident& one) { return one.service; });
  return part;
}

}  // namespace

void Engine::State::record(std::size_t row, Decision decision) {
  explain(row, decision);
  gather(decision);
  roster.apply(row, decision);
  if (decision.incident) follow_ups.touch(row);
  commits.push(std::move(decision));
}

void Engine::State::judge(SlotIndex slot, const CheckResult& result, const Instant& now, Origin origin) {
  CheckState before = roster.state(slot);
  // The wall clock was set back: our own flight is newer, whatever its time says (R9).
  if (origin == Origin::own_flight && result.at <= before.last_at) before.last_at = result.at - milliseconds(1);
  if (result.at <= before.last_at) {
    ++counters.ignored;
    return;
  }
  ++counters.results;
  CheckStep step = decide(roster.check(slot)->confirm, before, result);
  const bool stores_row = !same_row(before, step.state);
  if (stores_row) ++step.state.version;
  roster.put_state(slot, step.state);
  follow_failure(slot, before, result);

  const std::uint32_t row = roster.row_of(slot);
  Decision decision;
  decision.service = roster.key(slot).service;
  const auto& open = roster.service(row).open_incident;
  const bool flaps = step.state.flaps.flapping;
  const bool moves = step.change == Change::changed || before.reason != step.state.reason ||
                     before.flaps.flapping != flaps || (flaps && !(open && open->flapping));
  // A service without a known state takes any check's: its own may have been confirmed before it counted.
  if (!is_anchor(slot) && (moves || roster.service(row).state.verdict == Verdict::unknown)) {
    ServiceView view = roster.view(row, slot);
    view.held = !dependencies.parents(row).empty();
    view.parent_down = view.held && parents_of(row) == Parents::down;
    if (fails(result.verdict))
      view.trouble = result.reason;
    else if (result.verdict == Verdict::up && fails(before.last_verdict))
      view.trouble = before.last_reason;
    decision = conclude(view, result, now.wall);
  }
  const Verdict service_before = roster.service(row).state.verdict;
  decision.key = roster.key(slot);
  decision.result = result;
  if (stores_row) decision.state = step.state;
  record(row, std::move(decision));
  if (pending(step.state)) retry_soon(slot, now.monotonic);
  if (step.state.at_least_degraded.count > 0)
    look_at_parents(row, step.state.at_least_degraded.first_at(), now.monotonic);
  follow_children(row, service_before, now);
  follow_dependencies(row, result.detail, now);
}

void Engine::State::handle(const CommitFailed& event, const Instant& now, Commands&) {
  if (!commits.failed(event.seq)) return;
  replies.renumber();
  const ServiceSet services = conflicting_services(event);
  if (event.error.fault == CommitFault::conflict && !services.empty()) {
    ++counters.conflicts;
    resolve_conflict(event, services, now);
    if (commits.failures_in_a_row() > patient_conflicts) commits.back_off(now.monotonic);
    return;
  }
  ++counters.commit_faults;
  commits.back_off(now.monotonic);
}

// Somebody else wrote: what we decided about these services since is void, what we saw is judged again.
void Engine::State::resolve_conflict(const CommitFailed& event, const ServiceSet& services, const Instant& now) {
  const std::vector<Decision> dropped = commits.take(services);
  replies.refuse(services);
  repeats.forget(services);
  std::set<IncidentId> doubtful;
  for (const Decision& decision : dropped) {
    if (decision.incident) doubtful.insert(decision.incident->id);
  }
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    if (!services.contains(roster.service(row).service->id)) continue;
    if (const auto& open = roster.service(row).open_incident) doubtful.insert(open->id);
    roster.forget(row);
    rows.push_back(row);
  }
  const StoredState reloaded = only_of(event.reloaded, services);
  roster.restore(reloaded);
  regroup(doubtful, services, event.reloaded, now);
  end_gone_of(reloaded, now.wall);
  for (const std::size_t row : rows) {
    settle(row, now.wall);
  }
  for (const Decision& decision : dropped) {
    if (!decision.key || !decision.result) continue;
    const auto slot = roster.find(*decision.key);
    if (slot && roster.service(roster.row_of(*slot)).service->enabled)
      judge(*slot, *decision.result, now, Origin::elsewhere);
  }
  for (const std::size_t row : rows) {
    reconcile(row, now.wall);
    if (!dependencies.parents(row).empty()) settle_hold(row, {}, now);
    follow_ups.touch(row);
  }
  if (services.contains(monitor_service())) keep_sight(now);
}

}  // namespace allclear
