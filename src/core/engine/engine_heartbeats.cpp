// Checks that are told instead of asking: their deadlines stand in the schedule as extra firings, without a grid.
#include <algorithm>
#include <utility>

#include "core/engine/engine_state.h"
#include "core/rules/heartbeat.h"

namespace allclear {
namespace {

constexpr milliseconds time_to_read_pings{5'000};

}  // namespace

bool Engine::State::waits_for_pings(SlotIndex slot) const {
  return std::holds_alternative<HeartbeatTarget>(roster.check(slot)->target);
}

std::optional<SlotIndex> Engine::State::heartbeat_of(const ServiceId& service) const {
  const auto row = roster.find_row(service);
  if (!row) return std::nullopt;
  for (SlotIndex slot = roster.row(*row).first_slot; slot < roster.row(*row).end_slot(); ++slot) {
    if (waits_for_pings(slot)) return slot;
  }
  return std::nullopt;
}

// After an absence a ping that came meanwhile was not heard: a deadline that went by gets its grace anew (R10).
void Engine::State::plan_heartbeat(SlotIndex slot, const Instant& now, Absence absence) {
  schedule.remove(slot);
  const Check& check = *roster.check(slot);
  const ServiceId& service = roster.key(slot).service;
  const auto deadline = heartbeat_deadline_at_latest(check, roster.state(slot), now.wall);
  if (!deadline || pace == Pace::single_pass || !runs(slot)) {
    latest_deadlines.erase(service);
    return;
  }
  const milliseconds grace = std::get<HeartbeatTarget>(check.target).grace;
  const milliseconds left = std::clamp(milliseconds(*deadline - now.wall), milliseconds(0), check.interval + grace);
  MonotonicTime regular = now.monotonic + left;
  // The wall clock was ahead when the last ping came: what it says later does not put this off (R9).
  if (heard_ahead(roster.state(slot), now.wall)) latest_deadlines.try_emplace(service, regular);
  if (const auto latest = latest_deadlines.find(service); latest != latest_deadlines.end())
    regular = latest->second = std::min(latest->second, regular);
  if (absence == Absence::over && regular < now.monotonic + grace) respites[service] = {now.monotonic + grace};
  const MonotonicTime read_by = now.monotonic + std::min(grace, time_to_read_pings);
  if (absence == Absence::standstill && regular < read_by) {
    Respite& given = respites[service];  // which may last longer, after a start
    if (!std::exchange(given.of_standstill, true)) given.until = std::max(given.until, read_by);
  }
  const auto respite = respites.find(service);
  schedule.expedite(slot, respite == respites.end() ? regular : std::max(regular, respite->second.until));
}

// The config was read again: a deadline that it did not change stays where it is, whatever the wall clock says now (R9).
void Engine::State::keep_deadline(SlotIndex slot, const Check& before, const Schedule::Plan& plan, const Instant& now) {
  const auto& is = std::get<HeartbeatTarget>(roster.check(slot)->target);
  const auto* was = std::get_if<HeartbeatTarget>(&before.target);
  const bool same = was != nullptr && is.grace == was->grace && !is.cron && !was->cron;
  if (same && plan.extra != MonotonicTime::max())
    schedule.restore(slot, plan);
  else
    plan_heartbeat(slot, now, Absence::none);
}

void Engine::State::look_for_ping(SlotIndex slot, const Instant& now) {
  const CheckState state = roster.state(slot);
  const auto deadline = heartbeat_deadline(*roster.check(slot), state);
  const ServiceId& service = roster.key(slot).service;
  respites.erase(service);
  const auto latest = latest_deadlines.find(service);
  const bool is_over = latest != latest_deadlines.end() && latest->second <= now.monotonic;
  if (deadline && (*deadline <= now.wall || heard_ahead(state, now.wall) || is_over))
    return miss_ping(slot, judge_missed(*roster.check(slot), state, now.wall), now);
  plan_heartbeat(slot, now, Absence::none);
}

// Nobody's ping gets through to a monitor that is cut off: then it is looked for again, or counts as unknown.
void Engine::State::miss_ping(SlotIndex slot, const CheckResult& missed, const Instant& now) {
  constexpr milliseconds look_again{1'000};
  const Trust worth = trust(slot, missed, now);
  if (worth == Trust::withheld) return schedule.expedite(slot, now.monotonic + look_again);
  judge(slot, worth == Trust::full ? missed : seen_blind(missed), now, Origin::own_flight);
  latest_deadlines.erase(roster.key(slot).service);
  plan_heartbeat(slot, now, Absence::none);
  settle_doubt(now);
}

OperationResult Engine::State::carry_out(const Ping& ping, const Asker&, const Instant& now) {
  const auto slot = heartbeat_of(ping.service);
  if (!slot) return {OperationOutcome::not_found, "there is no such heartbeat", std::nullopt};
  if (!runs(*slot) || ping.kind == PingKind::log) return {};  // paused: nothing is judged
  const CheckState state = roster.state(*slot);
  if (ping.kind == PingKind::start) {
    begin_run(*slot, ping.run, now.wall);
    const MonotonicTime end_of_grace = now.monotonic + std::get<HeartbeatTarget>(roster.check(*slot)->target).grace;
    const auto respite = respites.find(ping.service);
    const bool first_since = respite != respites.end() && !std::exchange(respite->second.run_began, true);
    if (!first_since && pace == Pace::continuous) {
      schedule.expedite(*slot, end_of_grace);  // what was expected before stays, whatever the wall clock says (R9)
      return {};
    }
    if (first_since) respite->second.until = end_of_grace;
  } else {
    const auto begun = run_ids.find(ping.service);
    const bool same = ping.run.empty() || begun == run_ids.end() || begun->second == ping.run;
    judge(*slot, judge_ping(state, ping, same, now.wall), now, Origin::own_flight);
    run_ids.erase(ping.service);
    respites.erase(ping.service);
    latest_deadlines.erase(ping.service);
  }
  plan_heartbeat(*slot, now, Absence::none);
  return {};
}

void Engine::State::begin_run(SlotIndex slot, const std::string& run, WallTime now) {
  const CheckKey key = roster.key(slot);
  run_ids.erase(key.service);
  if (!run.empty()) run_ids.emplace(key.service, run);
  CheckState next = roster.state(slot);
  next.started_at = now;
  ++next.version;
  roster.put_state(slot, next);
  Decision decision;
  decision.service = key.service;
  decision.key = key;
  decision.state = next;
  record(roster.row_of(slot), std::move(decision));
}

}  // namespace allclear
