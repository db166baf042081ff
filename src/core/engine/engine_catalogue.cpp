#include <algorithm>
#include <unordered_map>

#include "core/engine/engine_state.h"
#include "core/rules/heartbeat.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {
namespace {

constexpr auto paused_words = "Checking was paused.";
constexpr auto removed_words = "The service was removed from the configuration.";

bool paused(const ServiceState& state) { return state.verdict == Verdict::unknown && state.reason == Reason::paused; }

// Is there something that has to end when nobody looks after the service any more?
bool needs_end(const ServiceState& state, const Incident* open) {
  const bool never_known = state.verdict == Verdict::unknown && state.since == WallTime{};
  return open != nullptr || !(paused(state) || never_known);
}

bool counted(const Service& service) {
  return service.enabled &&
         std::any_of(service.checks.begin(), service.checks.end(), [](const auto& check) { return check->enabled; });
}

}  // namespace

void Engine::State::handle(const Started& event, const Instant& now, Commands&) {
  pace = event.pace;
  roster = Roster(*event.catalogue);
  hosts.forget();
  investigations = {};
  roster.restore(event.stored);
  schedule.reserve(roster.slot_count());
  dependencies = Dependencies(roster);
  groups = {};
  groups.set(event.catalogue->grouping);
  restore_groups(event.stored, now);
  end_gone_of(event.stored, now.wall);
  written = event.catalogue->maintenances;
  planned = event.stored.planned;
  by_hand.restore(event.stored);
  set_calendar(now);
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    settle(row, now.wall);
    reconcile(row, now.wall);
  }
  settle_all_holds(now);
  plan_all_follow_ups(now, Absence::over);
  if (pace == Pace::single_pass)
    plan_single_pass(event.stored, now);
  else
    plan_all(now);
  lookout = {};
  find_lookout(now);
  own_alerts = event.catalogue->own_alerts;
  restore_refusals(event.stored, now);
}

void Engine::State::plan_all(const Instant& now) {
  std::vector<SlotIndex> newcomers;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    if (!runs(slot)) continue;
    plan_grid(slot, now);
    if (roster.state(slot).last_at == WallTime{}) newcomers.push_back(slot);
  }
  start_early(std::move(newcomers), now);
}

void Engine::State::handle(const Catalogued& event, const Instant& now, Commands&) {
  ServiceSet held;
  for (const std::size_t row : dependencies.held_rows()) held.insert(roster.service(row).service->id);
  const Roster old = std::move(roster);
  const Schedule old_schedule = std::move(schedule);
  roster = Roster(*event.catalogue);
  hosts.forget();
  investigations.keep([&](const CheckKey& key) { return roster.find(key).has_value(); });
  restore_returning(event.stored);
  schedule = Schedule();
  schedule.reserve(roster.slot_count());
  groups.set(event.catalogue->grouping);
  carry_over(old, old_schedule, now);
  dependencies = Dependencies(roster);
  written = event.catalogue->maintenances;
  set_calendar(now);
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    settle(row, now.wall);
    reconcile(row, now.wall);
  }
  settle_all_holds(now);
  for (std::size_t row = 0; !held.empty() && row < roster.row_count(); ++row) {
    if (held.contains(roster.service(row).service->id)) settle_hold(row, {}, now);  // also without parents now
  }
  plan_all_follow_ups(now);
  find_lookout(now);
  own_alerts = event.catalogue->own_alerts;
  end_gone_refusals(now);
}

// What the store kept, and what it was given since and may not have had then. Holds for what was away: what stayed is
// carried over it.
void Engine::State::restore_returning(const StoredState& stored) {
  roster.restore(stored);
  std::unordered_map<ServiceId, std::size_t> rows;
  for (std::size_t row = 0; row < roster.row_count(); ++row) rows.emplace(roster.service(row).service->id, row);
  commits.for_each([&](const Decision& decision) {
    const auto found = rows.find(decision.service);
    if (found == rows.end()) return;
    roster.apply(found->second, decision);
    if (!decision.key || !decision.state) return;
    if (const auto slot = roster.find(*decision.key)) roster.put_state(*slot, *decision.state);
  });
}

// States, incidents and places in the schedule move to their new numbers; what is gone ends.
void Engine::State::carry_over(const Roster& old, const Schedule& old_schedule, const Instant& now) {
  std::unordered_map<ServiceId, std::size_t> rows;
  for (std::size_t row = 0; row < roster.row_count(); ++row) rows.emplace(roster.service(row).service->id, row);
  for (std::size_t old_row = 0; old_row < old.row_count(); ++old_row) {
    const ServiceSnapshot& before = old.service(old_row);
    const auto found = rows.find(before.service->id);
    if (found == rows.end()) {
      end_gone(*before.service, before.state, before.open_incident.get(), now.wall);
      continue;
    }
    ServiceSnapshot& standing = roster.edit(found->second);
    standing.state = before.state;
    standing.open_incident = before.open_incident;
    roster.row(found->second).last_resolved = old.row(old_row).last_resolved;
  }
  std::vector<SlotIndex> newcomers;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    const auto old_slot = old.find(roster.key(slot));
    if (old_slot) roster.put_state(slot, old.state(*old_slot));
    // As if archived: the store may have revived it before it was asked, and what was switched off says nothing about now.
    if (!old_slot || !old.check(*old_slot)->enabled) roster.restart_check(slot);
    if (!runs(slot)) continue;
    if (old_slot && waits_for_pings(slot) && !expects_the_same(*old.check(*old_slot), *roster.check(slot)))
      latest_deadlines.erase(roster.key(slot).service);
    const bool heard_on = old_slot && old.check(*old_slot)->enabled && waits_for_pings(slot) &&
                          old.check(*old_slot)->interval == roster.check(slot)->interval;
    if (heard_on) {
      keep_deadline(slot, *old.check(*old_slot), old_schedule.plan(*old_slot), now);
      continue;
    }
    const Schedule::Plan plan = old_slot ? old_schedule.plan(*old_slot) : Schedule::Plan{};
    if (plan.regular != MonotonicTime::max() && plan.interval == roster.check(slot)->interval) {
      schedule.restore(slot, plan);
      continue;
    }
    plan_grid(slot, now);
    if (!old_slot || roster.state(slot).last_at == WallTime{}) newcomers.push_back(slot);
  }
  for (SlotIndex slot = 0; slot < old.slot_count(); ++slot) {
    const auto still = roster.find(old.key(slot));
    if (!still || !runs(*still)) flights.cancel_waiting(old.key(slot));
  }
  start_early(std::move(newcomers), now);
}

// A service that does not count (any more) is unknown, paused; one that counts again is judged afresh.
void Engine::State::settle(std::size_t index, WallTime now) {
  const ServiceSnapshot& standing = roster.service(index);
  if (!counted(*standing.service)) {
    if (needs_end(standing.state, standing.open_incident.get())) {
      record(index, conclude_end(roster.view(index, std::nullopt), now, paused_words));
    }
    roster.restart_checks(index);
    roster.edit(index).state.reason = Reason::paused;
  } else if (paused(standing.state)) {
    roster.restart_checks(index);
    roster.edit(index).state.reason = Reason::no_data;
  }
}

// The config may have taken away the check that decided, or a window ended while nobody was here. What is worse may be a
// parent's: settle_hold() has to follow.
void Engine::State::reconcile(std::size_t index, WallTime now) {
  const Service& service = *roster.service(index).service;
  if (!counted(service) || service.id == monitor_service()) return;  // whose checks do not make its state
  ServiceView view = roster.view(index, std::nullopt);
  view.held = !dependencies.parents(index).empty();
  view.parent_down = view.held && parents_of(index) == Parents::down;
  Decision decision = conclude(view, CheckResult{}, now);
  if (decision.service_state || decision.incident) record(index, std::move(decision));
}

void Engine::State::end_gone(const Service& service, const ServiceState& state, const Incident* open, WallTime now) {
  if (!needs_end(state, open)) return;
  ServiceView view;
  view.service = &service;
  view.state = state;
  if (open != nullptr) view.open_incident = *open;
  Decision end = conclude_end(view, now, removed_words);
  gather(end);
  commits.push(std::move(end));
}

// Services that the store knows and the catalogue does not.
void Engine::State::end_gone_of(const StoredState& stored, WallTime now) {
  ServiceSet here;
  for (std::size_t row = 0; row < roster.row_count(); ++row) here.insert(roster.service(row).service->id);
  std::unordered_map<ServiceId, const Incident*> open;
  for (const Incident& incident : stored.open_incidents) {
    if (is_automatic_incident(incident)) open.emplace(incident.service, &incident);
  }
  for (const ServiceState& state : stored.services) {
    if (here.contains(state.service)) continue;
    const auto incident = open.find(state.service);
    Service gone;
    gone.id = state.service;
    gone.name = state.service.value();
    end_gone(gone, state, incident == open.end() ? nullptr : incident->second, now);
  }
}

bool Engine::State::runs(SlotIndex slot) const {
  const Service& service = *roster.service(roster.row_of(slot)).service;
  return service.enabled && roster.check(slot)->enabled && roster.key(slot).location == local_location();
}

}  // namespace allclear
