#include "core/rules/delivery.h"

#include <algorithm>

namespace allclear {
namespace {

constexpr milliseconds first_delay{1'000};
constexpr milliseconds longest_delay{60'000};
constexpr milliseconds longest_asked{3'600'000};
constexpr std::chrono::hours patience{24};
constexpr std::uint32_t fewest_tries = 20;  // in a day there are 24 at least
constexpr std::chrono::minutes failing_long{1};
constexpr std::uint32_t many_tries = 8;  // about as long by their number: the wall clock may have been set back

}  // namespace

Delivery moot_delivery() {
  Delivery delivery{DeliveryOutcome::rejected, milliseconds(0), std::string(opening_refused)};
  delivery.moot = true;
  return delivery;
}

milliseconds retry_delay(std::uint32_t tries, double random) {
  const milliseconds cap = std::min(first_delay * (std::int64_t{1} << std::min(tries, 6U)), longest_delay);
  return milliseconds(static_cast<std::int64_t>(random * static_cast<double>(cap.count())));
}

Delivery settle_try(const Alert& alert, Delivery seen, WallTime now, double random,
                    const std::optional<ChannelId>& fallback) {
  const milliseconds age = now - alert.replayed_at.value_or(alert.created_at);
  seen.fallback = fallback;
  seen.hand_over =
      fallback && !seen.moot &&
      (seen.outcome == DeliveryOutcome::rejected ||
       (seen.outcome == DeliveryOutcome::retry_after && (age >= failing_long || alert.tries + 1 >= many_tries)));
  if (seen.outcome != DeliveryOutcome::retry_after) return seen;
  if (age > patience && alert.tries >= fewest_tries) {
    seen.outcome = DeliveryOutcome::rejected;
    seen.answer = "given up after a day: " + seen.answer;
    return seen;
  }
  const milliseconds asked = std::min(seen.retry_after, longest_asked);
  seen.retry_after = std::max(retry_delay(alert.tries, random), asked);
  if (fallback && !seen.hand_over) {
    // The minute ends with a try, so that it ends in time; who asks for more than is left of it has said that it fails.
    const milliseconds left = failing_long - age;
    seen.hand_over = asked >= left;
    if (!seen.hand_over) seen.retry_after = std::min(seen.retry_after, left);
  }
  return seen;
}

bool goes_to_fallback(const Alert& step, const Delivery& delivery, bool told_before) {
  return delivery.hand_over || (told_before && (delivery.moot || step.step != IncidentStep::reminder));
}

Alert in_stead(const Alert& alert, const ChannelId& fallback, WallTime now) {
  Alert other = alert;
  other.id = alert_id(alert.incident, alert.ordinal, fallback);
  other.last_answer = "in the stead of " + alert.channel.value();
  other.channel = fallback;
  other.state = AlertState::owed;
  other.created_at = other.due_at = now;
  other.tries = 0;
  other.replayed_at.reset();
  other.moot = false;
  return other;
}

}  // namespace allclear
