#include "core/rules/decide.h"

#include <algorithm>

#include "core/rules/flapping.h"

namespace allclear {
namespace {

int need(int policy) { return std::clamp(policy, 1, Streak::most); }

void count(Streak& streak, const CheckResult& result, int cap) {
  if (streak.count == 0) streak = {result.at, 0, result.reason};
  streak.count = static_cast<std::uint8_t>(std::min(streak.count + 1, cap));
}

void count_or_break(Streak& streak, bool satisfied, const CheckResult& result, int cap) {
  if (satisfied)
    count(streak, result, cap);
  else
    streak = {};
}

void remember_last(CheckState& state, const CheckResult& result) {
  state.last_at = result.at;
  state.last_verdict = result.verdict;
  state.last_reason = result.reason;
  state.last_latency = brief(result.latency);
  state.last_phases = LastPhases(result.timings);
  state.last_status_code = result.status_code;
  if (result.certificate_expiry) state.certificate_expiry = result.certificate_expiry;
}

// Only streaks that can still move the verdict are kept, so that a steady state is one unchanging row. Confirmed
// unknown starts all of them afresh: the time before it is already reckoned, and none may be back-dated into it.
void forget_irrelevant(CheckState& state) {
  const bool known = state.verdict != Verdict::unknown;
  if (!known) state.unknown = {};
  if (state.verdict == Verdict::degraded || state.verdict == Verdict::down) state.at_least_degraded = {};
  if (state.verdict == Verdict::down) state.at_least_down = {};
  if (state.verdict != Verdict::down) state.at_most_degraded = {};
  if (state.verdict == Verdict::up) state.at_most_up = {};
}

CheckStep confirm(CheckState state, Verdict verdict, const Streak& streak, const CheckResult& result) {
  state.verdict = verdict;
  // The reason is the last one when the streak mixed degrees (down, then degraded confirms degraded).
  state.reason = result.verdict == verdict ? result.reason : streak.first_reason;
  state.since = std::min(streak.first_at(), result.at);  // the wall clock may have been set back in between
  state.unknown = {};
  if (verdict == Verdict::unknown) {
    state.at_least_degraded = state.at_least_down = state.at_most_degraded = state.at_most_up = {};
  }
  forget_irrelevant(state);
  return {state, Change::changed};
}

CheckStep count_unknown(const ConfirmPolicy& policy, CheckState state, const CheckResult& result) {
  if (state.verdict == Verdict::unknown) {
    state.reason = result.reason;
    if (state.since == WallTime{}) state.since = result.at;
    return {state, Change::unchanged};
  }
  count(state.unknown, result, need(policy.down));
  if (state.unknown.count < need(policy.down)) return {state, Change::pending};
  const Streak streak = state.unknown;
  return confirm(std::move(state), Verdict::unknown, streak, result);
}

// The worst verdict is asked first: a streak that confirms down confirms degraded as well.
std::optional<Verdict> confirmed_by_streaks(const ConfirmPolicy& policy, const CheckState& state) {
  const bool unknown = state.verdict == Verdict::unknown;
  const auto worse_than_now = [&](Verdict verdict) { return unknown || verdict > state.verdict; };
  const auto better_than_now = [&](Verdict verdict) { return unknown || verdict < state.verdict; };
  if (worse_than_now(Verdict::down) && state.at_least_down.count >= need(policy.down)) return Verdict::down;
  if (worse_than_now(Verdict::degraded) && state.at_least_degraded.count >= need(policy.down)) return Verdict::degraded;
  if (better_than_now(Verdict::up) && state.at_most_up.count >= need(policy.up)) return Verdict::up;
  if (!unknown && better_than_now(Verdict::degraded) && state.at_most_degraded.count >= need(policy.up)) {
    return Verdict::degraded;
  }
  return std::nullopt;
}

const Streak& streak_toward(const CheckState& state, Verdict from, Verdict to) {
  switch (to) {
    case Verdict::up: return state.at_most_up;
    case Verdict::degraded: return from == Verdict::down ? state.at_most_degraded : state.at_least_degraded;
    case Verdict::down: return state.at_least_down;
    case Verdict::unknown: return state.unknown;
  }
  return state.unknown;
}

}  // namespace

CheckStep decide(const ConfirmPolicy& policy, const CheckState& before, const CheckResult& result) {
  if (before.last_at != WallTime{} && result.at <= before.last_at) return {before, Change::unchanged};
  CheckState state = before;
  if (result.verdict != Verdict::unknown) {
    const bool changed = before.last_verdict != Verdict::unknown && before.last_verdict != result.verdict;
    state.flaps = note_result(policy.flapping, before.flaps, changed);
  }
  remember_last(state, result);
  state.started_at = {};
  if (result.verdict == Verdict::unknown) return count_unknown(policy, std::move(state), result);

  state.unknown = {};
  count_or_break(state.at_least_degraded, result.verdict >= Verdict::degraded, result, need(policy.down));
  count_or_break(state.at_least_down, result.verdict >= Verdict::down, result, need(policy.down));
  count_or_break(state.at_most_degraded, result.verdict <= Verdict::degraded, result, need(policy.up));
  count_or_break(state.at_most_up, result.verdict <= Verdict::up, result, need(policy.up));
  if (const auto verdict = confirmed_by_streaks(policy, state)) {
    const Streak streak = streak_toward(state, state.verdict, *verdict);
    return confirm(std::move(state), *verdict, streak, result);
  }
  forget_irrelevant(state);
  // Why it is so now: two in a row, so that it does not flicker.
  const bool again = before.last_verdict == result.verdict && before.last_reason == result.reason;
  if (again && result.verdict == state.verdict) state.reason = result.reason;
  const Change change = pending(state) ? Change::pending : Change::unchanged;
  return {std::move(state), change};
}

bool pending(const CheckState& state) {
  return state.at_least_degraded.count + state.at_least_down.count + state.at_most_degraded.count +
             state.at_most_up.count + state.unknown.count >
         0;
}

bool same_row(const CheckState& left, const CheckState& right) {
  return left.verdict == right.verdict && left.reason == right.reason && left.since == right.since &&
         left.at_least_degraded == right.at_least_degraded && left.at_least_down == right.at_least_down &&
         left.at_most_degraded == right.at_most_degraded && left.at_most_up == right.at_most_up &&
         left.unknown == right.unknown && left.flaps == right.flaps && left.started_at == right.started_at;
}

}  // namespace allclear
