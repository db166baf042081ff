#include <algorithm>
#include <string>

#include "core/engine/early_start.h"
#include "core/engine/engine_state.h"
#include "core/rules/decide.h"

namespace allclear {
namespace {

// In a single pass a check that never settles is not followed for ever: the next pass goes on with it.
constexpr std::uint8_t retries_in_a_pass = 10;
constexpr milliseconds longest_retrying{60'000};

milliseconds phase_of_slot(const Roster& roster, SlotIndex slot) {
  return phase_of(identity_of(roster.key(slot)), roster.check(slot)->interval);
}

}  // namespace

// The grid afresh, in which a quick retry that was due is lost: a streak that is open gets its own again.
void Engine::State::plan_grid(SlotIndex slot, const Instant& now) {
  if (waits_for_pings(slot)) return plan_heartbeat(slot, now, Absence::over);
  const milliseconds interval = roster.check(slot)->interval;
  const milliseconds delay = delay_to_next_slot(phase_of_slot(roster, slot), interval, now.wall);
  schedule.put(slot, now.monotonic + delay, interval);
  if (pending(roster.state(slot))) retry_soon(slot, now.monotonic);
}

void Engine::State::plan_single_pass(const StoredState& stored, const Instant& now) {
  retries.assign(roster.slot_count(), 0);
  pass_began = now.monotonic;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    if (!runs(slot) || waits_for_pings(slot)) continue;
    if (!due_since(phase_of_slot(roster, slot), roster.check(slot)->interval, stored.last_start, now.wall)) continue;
    schedule.expedite(slot, now.monotonic);
  }
}

// What would wait long gets one extra start, spread so that no herd forms (R7).
void Engine::State::start_early(std::vector<SlotIndex> slots, const Instant& now) {
  std::erase_if(slots, [&](SlotIndex slot) { return waits_for_pings(slot); });
  if (slots.empty()) return;
  double regular_per_second = 0;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    if (runs(slot) && !waits_for_pings(slot))
      regular_per_second +=
          1000.0 / static_cast<double>(std::max<std::int64_t>(roster.check(slot)->interval.count(), 1));
  }
  const milliseconds window = early_window(slots.size(), regular_per_second);
  for (const SlotIndex slot : slots) {
    if (schedule.plan(slot).regular <= now.monotonic + early_start_worth) continue;
    schedule.expedite(slot, now.monotonic + early_offset(identity_of(roster.key(slot)), window));
  }
}

void Engine::State::depart(SlotIndex slot, const Schedule::Firing& firing, MonotonicTime now, Commands& commands) {
  const auto& check = roster.check(slot);
  const CheckKey& key = roster.key(slot);
  std::string host(limits.in_flight_per_host == 0 ? std::string_view() : host_of(check->target));
  switch (flights.request({key, std::move(host), firing.due, check->timeout, firing.extra, 0}, now,
                          is_anchor(slot) ? Priority::first : Priority::usual)) {
    case Admission::started:
      ++counters.started;
      commands.emplace_back(StartProbe{check, key, firing.due, firing.extra, flights.last_number()});
      break;
    case Admission::deferred: ++counters.deferred_limit; break;
    case Admission::busy: ++counters.skipped_overlap; break;
  }
}

void Engine::State::start_waiting(MonotonicTime now, Commands& commands) {
  while (auto departure = flights.next_waiting(now)) {
    const auto slot = roster.find(departure->key);
    if (!slot || !runs(*slot)) {  // cannot be: what is gone was cancelled
      flights.finish(departure->key);
      continue;
    }
    ++counters.started;
    commands.emplace_back(
        StartProbe{roster.check(*slot), departure->key, departure->due, departure->quick_retry, departure->number});
  }
}

void Engine::State::retry_soon(SlotIndex slot, MonotonicTime now) {
  if (!runs(slot) || waits_for_pings(slot)) return;
  const MonotonicTime at = now + roster.check(slot)->confirm.retry;
  const bool goes_on =
      pace == Pace::continuous || (retries[slot]++ < retries_in_a_pass && at <= pass_began + longest_retrying);
  if (goes_on) schedule.expedite(slot, at);
}

// Its connections died in the sleep. The word of an anchor is waited for.
void Engine::State::ask_after_sleep(SlotIndex slot, MonotonicTime now) {
  if (!is_anchor(slot) || !lookout.asks()) return retry_soon(slot, now);
  if (runs(slot)) schedule.expedite(slot, now);
  give_time(now);
}

void Engine::State::handle(const Observed& event, const Instant& now, Commands& commands) {
  const Landing landing = flights.finish(event.key, event.flight);
  start_waiting(now.monotonic, commands);
  const auto slot = roster.find(event.key);
  const bool wanted = slot && roster.service(roster.row_of(*slot)).service->enabled && roster.check(*slot)->enabled;
  if (!wanted || landing == Landing::across_suspend || landing == Landing::straggler) {
    ++counters.ignored;
    if (wanted && landing == Landing::across_suspend) ask_after_sleep(*slot, now.monotonic);
    return;
  }
  take(*slot, event.result, now, landing == Landing::regular ? Origin::own_flight : Origin::elsewhere);
}

void Engine::State::handle(const Abandoned& event, const Instant& now, Commands& commands) {
  flights.finish(event.key);
  start_waiting(now.monotonic, commands);
}

// The monotonic clock stood still in the sleep: the grid goes back to its places in wall time, and what was slept
// through starts early.
void Engine::State::handle(const Resumed& event, const Instant& now, Commands&) {
  flights.mark_across_suspend();
  plan_all_follow_ups(now);
  if (pace == Pace::continuous) plan_after_sleep(event.slept, now);
  if (lookout.asks()) ask_anchors(now);  // whose answers were lost in the sleep
}

void Engine::State::handle(const StoodStill&, const Instant& now, Commands&) {
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    if (runs(slot) && waits_for_pings(slot)) plan_heartbeat(slot, now, Absence::standstill);
  }
}

void Engine::State::plan_after_sleep(milliseconds slept, const Instant& now) {
  std::vector<SlotIndex> slept_through;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    if (!runs(slot)) continue;
    const milliseconds interval = roster.check(slot)->interval;
    if (!waits_for_pings(slot))
      counters.skipped_suspend += static_cast<std::uint64_t>(std::max(slept, milliseconds(0)) / interval);
    if (due_since(phase_of_slot(roster, slot), interval, now.wall - slept, now.wall)) slept_through.push_back(slot);
    plan_grid(slot, now);
  }
  start_early(std::move(slept_through), now);
}

}  // namespace allclear
