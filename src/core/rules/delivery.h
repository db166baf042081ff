// delivery: when an alert that did not get through is tried again, and when no more. Pure.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "core/model/alert.h"

namespace allclear {

// Full jitter (R5): anywhere between nothing and 1 s x 2^tries, at most 60 s. `random` in [0, 1).
milliseconds retry_delay(std::uint32_t tries, double random);

// No alert waits longer for its next try, unless the wall clock was set back: an hour asked for, or a lease.
inline constexpr milliseconds longest_wait = std::chrono::hours(1) + std::chrono::minutes(2);

// What a try's outcome means for the alert: a failure that may pass is put off (never sooner than the channel asked,
// never by more than an hour) and given up a day after the alert was made, or replayed by hand; not before 20 tries, so
// that a leap of the clock, or a sleep, ends none.
Delivery settle_try(const Alert& alert, Delivery seen, WallTime now, double random);

}  // namespace allclear
