#include "core/engine/engine.h"

#include <algorithm>

#include "core/engine/engine_state.h"

namespace allclear {

Engine::Engine(EngineLimits limits) : state_(std::make_unique<State>(limits)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::on(const Event& event, const Instant& now, Commands& commands) {
  state_->now_is = now;
  state_->take_due_maintenance(now);
  std::visit([&](const auto& happened) { state_->handle(happened, now, commands); }, event);
  state_->finish_turn(now, commands);
}

const ServiceList& Engine::services() const { return state_->roster.services(); }

const std::vector<std::shared_ptr<const Maintenance>>& Engine::maintenances() const {
  return state_->calendar.maintenances();
}

std::vector<std::shared_ptr<const Incident>> Engine::incidents_by_hand() const { return state_->by_hand.open(); }

std::optional<CheckState> Engine::state_of(const CheckKey& key) const {
  const auto slot = state_->roster.find(key);
  return slot ? std::optional(state_->roster.state(*slot)) : std::nullopt;
}

const EngineCounters& Engine::counters() const { return state_->counters; }
std::size_t Engine::in_flight() const { return state_->flights.in_flight(); }
std::size_t Engine::uncommitted() const { return state_->commits.size(); }

bool Engine::idle() const {
  return state_->flights.in_flight() == 0 && state_->flights.waiting() == 0 && state_->schedule.size() == 0 &&
         state_->commits.size() == 0 && state_->lookout.suspects.empty();
}

void Engine::State::handle(const Committed& event, const Instant&, Commands& commands) {
  commits.committed(event.seq);
  replies.committed(event.seq, commands);
}

// The clock came: even when the time of the next firing is the same as before, the caller has to be told again.
void Engine::State::handle(const Due&, const Instant& now, Commands& commands) {
  firings.clear();
  schedule.take_due(now.monotonic, firings);
  for (const Schedule::Firing& firing : firings) {
    counters.skipped_suspend += firing.skipped;
    if (waits_for_pings(firing.slot))
      look_for_ping(firing.slot, now);
    else
      depart(firing.slot, firing, now.monotonic, commands);
  }
  take_due_follow_ups(now);
  take_due_holds(now);
  take_due_look(now);
  take_due_groups(now);
  take_due_refusals(now);
  last_wake = MonotonicTime::min();
}

void Engine::State::finish_turn(const Instant& now, Commands& commands) {
  for (const std::size_t row : follow_ups.take_touched()) plan_follow_up(row, now);
  look_around(now.monotonic, commands);
  commits.flush(now.monotonic, commands);
  replies.number(commits.newest_seq(), commits.size() == 0, commands);
  counters.dropped_results = commits.dropped();
  const MonotonicTime next =
      std::min({schedule.next(), commits.retry_at(), follow_ups.next(), dependencies.next(), calendar.next(),
                lookout.look_at, groups.next(), refusals.next()});
  if (next == last_wake) return;
  last_wake = next;
  if (next != MonotonicTime::max()) commands.emplace_back(WakeAt{next});
}

}  // namespace allclear
