#include "core/rules/delivery.h"

#include <algorithm>

namespace allclear {
namespace {

constexpr milliseconds first_delay{1'000};
constexpr milliseconds longest_delay{60'000};
constexpr milliseconds longest_asked{3'600'000};
constexpr std::chrono::hours patience{24};
constexpr std::uint32_t fewest_tries = 20;  // in a day there are 24 at least

}  // namespace

milliseconds retry_delay(std::uint32_t tries, double random) {
  const milliseconds cap = std::min(first_delay * (std::int64_t{1} << std::min(tries, 6U)), longest_delay);
  return milliseconds(static_cast<std::int64_t>(random * static_cast<double>(cap.count())));
}

Delivery settle_try(const Alert& alert, Delivery seen, WallTime now, double random) {
  if (seen.outcome != DeliveryOutcome::retry_after) return seen;
  const bool long_ago = now - alert.replayed_at.value_or(alert.created_at) > patience;
  if (long_ago && alert.tries >= fewest_tries) {
    seen.outcome = DeliveryOutcome::rejected;
    seen.answer = "given up after a day: " + seen.answer;
    return seen;
  }
  seen.retry_after = std::max(retry_delay(alert.tries, random), std::min(seen.retry_after, longest_asked));
  return seen;
}

}  // namespace allclear
