// Failures that may be a parent's: held back until that is known, told when it is not so.
#include <algorithm>
#include <unordered_set>

#include "core/engine/engine_state.h"
#include "core/rules/conclude.h"
#include "core/rules/dependencies.h"

namespace allclear {
namespace {

constexpr std::size_t most_affected = 200;  // named in an incident, which is stored whole each time

bool fails(const ServiceSnapshot& service) {
  return service.state.verdict == Verdict::down || service.state.verdict == Verdict::degraded;
}

}  // namespace

bool Engine::State::recheck(std::size_t row, MonotonicTime now) {
  bool any = false;
  for (SlotIndex slot = roster.row(row).first_slot; slot < roster.row(row).end_slot(); ++slot) {
    if (!runs(slot) || waits_for_pings(slot)) continue;
    schedule.expedite(slot, now);
    any = true;
  }
  return any;
}

// At the first failing result: by the time that it is confirmed, the parents are known.
void Engine::State::look_at_parents(std::size_t row, WallTime failing_since, MonotonicTime now) {
  for (const std::size_t parent : dependencies.parents(row)) {
    for (SlotIndex slot = roster.row(parent).first_slot; slot < roster.row(parent).end_slot(); ++slot) {
      if (runs(slot) && !waits_for_pings(slot) && roster.state(slot).last_at < failing_since)
        schedule.expedite(slot, now);
    }
  }
}

// A quick retry and the longest probe, of whoever has to answer: the service itself or a parent.
milliseconds Engine::State::patience_for(std::size_t row) const {
  milliseconds longest{0};
  const auto take = [&](std::size_t each) {
    for (const auto& check : roster.service(each).service->checks)
      longest = std::max(longest, check->confirm.retry + check->timeout);
  };
  take(row);
  for (const std::size_t parent : dependencies.parents(row)) take(parent);
  return longest;
}

Parents Engine::State::parents_of(std::size_t row) const {
  ChildView child{roster.service(row).state.since, {}};
  for (const CheckSnapshot& check : roster.service(row).checks)
    child.last_at = std::max(child.last_at, check.state.last_at);
  std::vector<ParentView> parents;
  for (const std::size_t parent : dependencies.parents(row)) {
    const ServiceSnapshot& standing = roster.service(parent);
    ParentView view{standing.state.verdict, standing.state.since, WallTime::max(), false};
    if (roster.row(parent).maintenance) {  // unknown to people, not to its children
      const ServiceView seen = roster.view(parent, std::nullopt);
      const Aggregate truth = aggregate(*seen.service, seen.checks);
      view.verdict = truth.verdict;
      view.since = truth.since;
    }
    for (SlotIndex slot = roster.row(parent).first_slot; slot < roster.row(parent).end_slot(); ++slot) {
      if (!runs(slot)) continue;
      const CheckState state = roster.state(slot);
      view.last_at = std::min(view.last_at, state.last_at);
      view.failing |= state.verdict != Verdict::down && state.at_least_down.count > 0;
    }
    parents.push_back(view);
  }
  return judge_parents(child, parents);
}

// Its own turn came: what it is held for may have ended, or begun.
void Engine::State::follow_dependencies(std::size_t row, const std::string& detail, const Instant& now) {
  if (!dependencies.parents(row).empty()) settle_hold(row, detail, now);
  for (const std::size_t child : dependencies.children(row)) {
    if (dependencies.held_until(child) != MonotonicTime::min()) settle_hold(child, {}, now);
  }
}

// A parent that comes back: its children are asked at once, and held until they answered.
void Engine::State::follow_children(std::size_t row, Verdict before, const Instant& now) {
  if (before != Verdict::down || roster.service(row).state.verdict == Verdict::down) return;
  for (const std::size_t child : dependencies.children(row)) {
    if (fails(roster.service(child))) recheck(child, now.monotonic);
  }
}

void Engine::State::settle_hold(std::size_t row, const std::string& detail, const Instant& now) {
  const ServiceView view = roster.view(row, std::nullopt);
  // One that a window just began for is told of at its end; others of the same window may turn before it.
  if (view.maintenance || !owes_news(view)) return dependencies.let_go(row);
  const MonotonicTime until = dependencies.held_until(row);
  // What its parents are meanwhile nobody sees (R11): it waits until somebody does.
  if (lookout.doubt == Doubt::blind && until != MonotonicTime::min())
    return dependencies.hold(row, MonotonicTime::max());
  switch (parents_of(row)) {
    case Parents::down: dependencies.hold(row, MonotonicTime::max()); return note_affected(row);
    case Parents::doubtful:
      if (until == MonotonicTime::min() || until == MonotonicTime::max()) {
        dependencies.hold(row, now.monotonic + patience_for(row));
        return;
      }
      if (now.monotonic < until) return;
      break;
    case Parents::fine: break;
  }
  dependencies.let_go(row);
  record(row, conclude_release(view, detail, now.wall));
  for (const std::size_t child : dependencies.children(row)) {
    if (dependencies.held_until(child) != MonotonicTime::min()) note_affected(child);
  }
}

void Engine::State::settle_all_holds(const Instant& now) {
  for (const std::size_t row : dependencies.dependent_rows()) settle_hold(row, {}, now);
}

void Engine::State::take_due_holds(const Instant& now) {
  for (const std::size_t row : dependencies.due(now.monotonic)) settle_hold(row, {}, now);
}

// The incidents at the root of it say that this service fails with them.
void Engine::State::note_affected(std::size_t row) {
  const ServiceId& affected = roster.service(row).service->id;
  std::unordered_set<std::size_t> seen{row};
  std::vector<std::size_t> ways = dependencies.parents(row);
  while (!ways.empty()) {
    const std::size_t parent = ways.back();
    ways.pop_back();
    if (!seen.insert(parent).second || roster.service(parent).state.verdict != Verdict::down) continue;
    ways.insert(ways.end(), dependencies.parents(parent).begin(), dependencies.parents(parent).end());
    const auto& open = roster.service(parent).open_incident;
    if (!open || open->affects.size() >= most_affected) continue;
    if (std::find(open->affects.begin(), open->affects.end(), affected) != open->affects.end()) continue;
    Decision decision;
    decision.service = open->service;
    decision.incident = *open;
    decision.incident->affects.push_back(affected);
    record(parent, std::move(decision));
  }
}

}  // namespace allclear
