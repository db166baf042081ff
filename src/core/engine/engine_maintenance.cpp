// Maintenance windows that begin and end, of the config file and those that people plan.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/engine/engine_state.h"
#include "core/rules/maintenance.h"

namespace allclear {
namespace {

constexpr std::size_t most_planned = 1'000;
constexpr auto kept_after = std::chrono::hours(24);  // for whoever asks what it was

OperationResult refused(std::string why) { return {OperationOutcome::refused, std::move(why)}; }

bool is_over(const Maintenance& maintenance, WallTime now) { return !window_at_or_after(maintenance, now); }

}  // namespace

void Engine::State::take_due_maintenance(const Instant& now) {
  if (!calendar.due(now)) return;
  for (const std::size_t row : calendar.look(roster, now)) turn_maintenance(row, now);
}

// Into it, the service becomes unknown; out of it, it stands as its checks say, and what is owed is told.
void Engine::State::turn_maintenance(std::size_t row, const Instant& now) {
  const Verdict before = roster.service(row).state.verdict;
  reconcile(row, now.wall);
  follow_ups.touch(row);
  follow_children(row, before, now);
  follow_dependencies(row, {}, now);
}

// The file's and those that were planned. Whoever calls it looks after the rows where it changed.
std::vector<std::size_t> Engine::State::set_calendar(const Instant& now) {
  std::vector<std::shared_ptr<const Maintenance>> all = written;
  all.insert(all.end(), planned.begin(), planned.end());
  calendar.set(std::move(all), roster);
  return calendar.look(roster, now);
}

void Engine::State::store_plan(std::shared_ptr<const Maintenance> maintenance, PlanChange change) {
  Decision decision;
  decision.service = monitor_service();
  decision.plan = MaintenancePlan{std::move(maintenance), change == PlanChange::dropped};
  commits.push(std::move(decision));
}

void Engine::State::forget_old_plans(WallTime now) {
  for (const auto& plan : planned) {
    if (is_over(*plan, now - kept_after)) store_plan(plan, PlanChange::dropped);
  }
  std::erase_if(planned, [&](const auto& plan) { return is_over(*plan, now - kept_after); });
}

OperationResult Engine::State::carry_out(const PlanMaintenance& action, const Asker& asker, const Instant& now) {
  for (const ServiceId& service : action.services) {
    if (!roster.find_row(service) || service == monitor_service())
      return refused(fmt::format("services: there is no service {}", service.value()));
  }
  if (action.ends_at <= now.wall) return refused("ends_at: this time is over");
  forget_old_plans(now.wall);
  if (planned.size() >= most_planned) return refused("1,000 windows are planned already");
  auto plan =
      plan_window(action.title, action.services, {action.starts_at, action.ends_at}, asker.who, now.wall, asker.key);
  const auto known = std::find_if(planned.begin(), planned.end(), [&](const auto& one) { return one->id == plan->id; });
  if (known != planned.end()) return {OperationOutcome::done, {}, std::nullopt, *known};
  planned.push_back(plan);
  store_plan(plan, PlanChange::made);
  for (const std::size_t row : set_calendar(now)) turn_maintenance(row, now);
  return {OperationOutcome::done, {}, std::nullopt, std::move(plan)};
}

OperationResult Engine::State::carry_out(const DropMaintenance& action, const Asker&, const Instant& now) {
  const auto is_it = [&](const auto& one) { return one->id == action.id; };
  if (std::any_of(written.begin(), written.end(), is_it))
    return refused("the config file names this maintenance: it can be changed there only");
  const auto found = std::find_if(planned.begin(), planned.end(), is_it);
  if (found == planned.end()) return {OperationOutcome::not_found, "there is no such maintenance"};
  const auto plan = *found;
  planned.erase(found);
  store_plan(plan, PlanChange::dropped);
  for (const std::size_t row : set_calendar(now)) turn_maintenance(row, now);
  return {OperationOutcome::done, {}, std::nullopt, plan};
}

}  // namespace allclear
