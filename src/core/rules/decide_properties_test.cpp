// decide against a slow and obvious reading of the contract over whole histories, and what must hold for any of them.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/rules/decide.h"
#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::make_result;
using test::wall_s;

using Verdicts = std::vector<Verdict>;

// How many of the last known results in a row satisfy `holds`; unknown ones in between do not count.
template <class Condition>
int run_of(const Verdicts& since_change, Condition holds) {
  int count = 0;
  for (auto it = since_change.rbegin(); it != since_change.rend(); ++it) {
    if (*it == Verdict::unknown) continue;
    if (!holds(*it)) break;
    ++count;
  }
  return count;
}

int unknown_run(const Verdicts& history) {
  const auto end = std::find_if(history.rbegin(), history.rend(), [](Verdict v) { return v != Verdict::unknown; });
  return static_cast<int>(end - history.rbegin());
}

// The confirmed verdict after the history, by recounting everything at each result. `history` begins anew when
// unknown is confirmed.
Verdict recount(const Verdicts& history, Verdict current, const ConfirmPolicy& policy) {
  const bool unknown = current == Verdict::unknown;
  if (history.back() == Verdict::unknown) {
    return unknown || unknown_run(history) >= policy.down ? Verdict::unknown : current;
  }
  const int down = run_of(history, [](Verdict v) { return v >= Verdict::down; });
  const int degraded = run_of(history, [](Verdict v) { return v >= Verdict::degraded; });
  const int eased = run_of(history, [](Verdict v) { return v <= Verdict::degraded; });
  const int up = run_of(history, [](Verdict v) { return v <= Verdict::up; });
  if ((unknown || current < Verdict::down) && down >= policy.down) return Verdict::down;
  if ((unknown || current < Verdict::degraded) && degraded >= policy.down) return Verdict::degraded;
  if ((unknown || current > Verdict::up) && up >= policy.up) return Verdict::up;
  if (current == Verdict::down && eased >= policy.up) return Verdict::degraded;
  return current;
}

rc::Gen<Verdict> any_verdict() {
  return rc::gen::weightedElement<Verdict>(
      {{6, Verdict::up}, {3, Verdict::degraded}, {6, Verdict::down}, {3, Verdict::unknown}});
}

rc::Gen<ConfirmPolicy> any_policy() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::uint8_t>(1, 5), rc::gen::inRange<std::uint8_t>(1, 5)),
                      [](std::pair<std::uint8_t, std::uint8_t> counts) {
                        return ConfirmPolicy{counts.first, counts.second, milliseconds(0)};
                      });
}

RC_GTEST_PROP(DecideProperties, AgreesWithARecountOfTheWholeHistory, ()) {
  const auto policy = *any_policy();
  const auto verdicts = *rc::gen::container<Verdicts>(any_verdict());
  CheckState state;
  Verdicts history;
  std::int64_t second = 1;
  for (const Verdict verdict : verdicts) {
    history.push_back(verdict);
    const Verdict expected = recount(history, state.verdict, policy);
    const bool turned_unknown = expected == Verdict::unknown && state.verdict != Verdict::unknown;
    state = decide(policy, state, make_result(verdict, wall_s(second++))).state;
    RC_ASSERT(state.verdict == expected);
    if (turned_unknown) history.clear();
  }
}

RC_GTEST_PROP(DecideProperties, SincesNeverGoBackAndNeverPointAhead, ()) {
  const auto policy = *any_policy();
  const auto verdicts = *rc::gen::container<Verdicts>(any_verdict());
  CheckState state;
  std::int64_t second = 1;
  for (const Verdict verdict : verdicts) {
    const CheckState before = state;
    const CheckStep step = decide(policy, state, make_result(verdict, wall_s(second)));
    state = step.state;
    RC_ASSERT(state.since <= wall_s(second));
    RC_ASSERT((step.change == Change::changed) == (before.verdict != state.verdict));
    if (step.change == Change::changed && before.verdict != Verdict::unknown) RC_ASSERT(state.since > before.since);
    ++second;
  }
}

RC_GTEST_PROP(DecideProperties, ASteadyStreamSettlesIntoOneRow, ()) {
  const auto policy = *any_policy();
  const auto verdicts = *rc::gen::container<Verdicts>(any_verdict());
  const auto steady = *any_verdict();
  CheckState state;
  std::int64_t second = 1;
  for (const Verdict verdict : verdicts) state = decide(policy, state, make_result(verdict, wall_s(second++))).state;
  const int settled = policy.down + policy.up + 1 + policy.flapping.over;
  for (int i = 0; i < settled; ++i) state = decide(policy, state, make_result(steady, wall_s(second++))).state;
  RC_ASSERT(state.verdict == steady);
  const CheckStep step = decide(policy, state, make_result(steady, wall_s(second++)));
  RC_ASSERT(step.change == Change::unchanged);
  RC_ASSERT(same_row(state, step.state));
}

RC_GTEST_PROP(DecideProperties, AnOldResultChangesNothing, ()) {
  const auto policy = *any_policy();
  const auto verdicts = *rc::gen::nonEmpty(rc::gen::container<Verdicts>(any_verdict()));
  CheckState state;
  std::int64_t second = 1;
  for (const Verdict verdict : verdicts) state = decide(policy, state, make_result(verdict, wall_s(second++))).state;
  const auto old = *rc::gen::inRange<std::int64_t>(1, second);
  const CheckStep step = decide(policy, state, make_result(*any_verdict(), wall_s(old)));
  RC_ASSERT(same_row(step.state, state));
  RC_ASSERT(step.state.last_at == state.last_at);
}

}  // namespace
}  // namespace allclear
