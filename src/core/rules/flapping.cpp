#include "core/rules/flapping.h"

namespace allclear {
namespace {

// No change among the newer half. Else an even to and fro, whose share of changes lies about `low` and `high`, would
// begin and end again and again.
bool steady(const FlapPolicy& policy, const FlapHistory& history) {
  const std::uint64_t newest = (std::uint64_t{1} << policy.over / 2) - 1;
  return (history.changes & newest) == 0;
}

}  // namespace

double flap_percent(const FlapPolicy& policy, const FlapHistory& history) {
  if (policy.over < 2) return 0;
  constexpr double oldest = 0.8, newest = 1.2;
  const double step = (newest - oldest) / (policy.over - 1);
  double sum = 0;
  for (int age = 0; age < policy.over; ++age) {
    if ((history.changes >> age & 1U) != 0) sum += newest - step * age;
  }
  return 100 * sum / policy.over;
}

FlapHistory note_result(const FlapPolicy& policy, FlapHistory history, bool changed) {
  const std::uint64_t looked_at = (std::uint64_t{1} << policy.over) - 1;
  history.changes = (history.changes << 1U | (changed ? 1U : 0U)) & looked_at & FlapHistory::room;
  const double percent = flap_percent(policy, history);
  if (policy.over == 0)
    history.flapping = false;
  else if (percent > policy.high)
    history.flapping = true;
  else if (percent < policy.low && steady(policy, history))
    history.flapping = false;
  return history;
}

}  // namespace allclear
