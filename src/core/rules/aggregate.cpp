#include "core/rules/aggregate.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace allclear {
namespace {

bool at_least(Verdict verdict, Verdict bad) { return verdict != Verdict::unknown && verdict >= bad; }

// The state of the location that made the quorum full: the `quorum`-th that became at least this bad.
const CheckStanding* quorum_state(std::span<const CheckView> locations, Verdict bad, std::size_t quorum) {
  std::vector<const CheckStanding*> agreeing;
  for (const CheckView& view : locations) {
    if (at_least(view.state->verdict, bad)) agreeing.push_back(view.state);
  }
  if (agreeing.size() < quorum) return nullptr;
  std::sort(agreeing.begin(), agreeing.end(),
            [](const CheckStanding* left, const CheckStanding* right) { return left->since < right->since; });
  return agreeing[quorum - 1];
}

// The latest of the locations that are `verdict`; null when none is.
const CheckStanding* latest(std::span<const CheckView> locations, Verdict verdict) {
  const CheckStanding* found = nullptr;
  for (const CheckView& view : locations) {
    if (view.state->verdict != verdict) continue;
    if (found == nullptr || view.state->since > found->since) found = view.state;
  }
  return found;
}

Aggregate standing(const CheckView& view, Verdict verdict, const CheckStanding& state) {
  return {verdict, state.verdict == verdict ? state.reason : state.last_reason, state.since, view.check->id};
}

// All views are of one check. Too few known locations that agree on nothing leave it unknown.
Aggregate aggregate_locations(std::span<const CheckView> locations) {
  const CheckView& first = locations.front();
  const auto quorum = static_cast<std::size_t>(std::max<int>(first.check->quorum, 1));
  for (const Verdict bad : {Verdict::down, Verdict::degraded}) {
    if (const CheckStanding* state = quorum_state(locations, bad, quorum)) return standing(first, bad, *state);
  }
  if (const CheckStanding* state = latest(locations, Verdict::up)) return standing(first, Verdict::up, *state);
  if (const CheckStanding* state = latest(locations, Verdict::unknown))
    return standing(first, Verdict::unknown, *state);
  return {Verdict::unknown, Reason::no_data, {}, first.check->id};
}

// The worst known check decides; of equally bad ones the one that began first, of good ones the one that came last
// (only since then everything is well).
bool outweighs(const Aggregate& candidate, const Aggregate& deciding) {
  if (deciding.verdict == Verdict::unknown) return candidate.verdict != Verdict::unknown;
  if (candidate.verdict == Verdict::unknown) return false;
  if (candidate.verdict != deciding.verdict) return candidate.verdict > deciding.verdict;
  return candidate.verdict == Verdict::up ? candidate.since > deciding.since : candidate.since < deciding.since;
}

}  // namespace

Aggregate aggregate(const Service& service, std::span<const CheckView> views) {
  std::optional<Aggregate> deciding;
  while (service.enabled && !views.empty()) {
    const Check* check = views.front().check;
    const auto end =
        std::find_if(views.begin(), views.end(), [&](const CheckView& view) { return view.check != check; });
    const auto count = static_cast<std::size_t>(end - views.begin());
    if (check->enabled) {
      const Aggregate candidate = aggregate_locations(views.first(count));
      if (!deciding || outweighs(candidate, *deciding)) deciding = candidate;
    }
    views = views.subspan(count);
  }
  return deciding.value_or(Aggregate{Verdict::unknown, Reason::paused, {}, {}});
}

}  // namespace allclear
