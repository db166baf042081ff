// delivery: when an alert that did not get through is tried again, and when no more. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "core/model/alert.h"

namespace allclear {

// Full jitter (R5): anywhere between nothing and 1 s x 2^tries, at most 60 s. `random` in [0, 1).
milliseconds retry_delay(std::uint32_t tries, double random);

// No alert waits longer for its next try, unless the wall clock was set back: an hour asked for, or a lease.
inline constexpr milliseconds longest_wait = std::chrono::hours(1) + std::chrono::minutes(2);
// Nor does a lease last longer.
inline constexpr milliseconds longest_lease = std::chrono::minutes(2);

// What was not told for so long is told by the recovery alone, once that is owed to the channel, too (R5): its message
// says since when, until when and why.
inline constexpr milliseconds stale_news = std::chrono::minutes(5);
inline constexpr std::string_view told_by_recovery = "told by the recovery";  // in place of an answer

// What comes of a step that is moot (is_moot in core/rules/alert_way.h).
inline constexpr std::string_view opening_refused = "the opening was refused";  // in place of an answer
Delivery moot_delivery();

// What a try's outcome means for the alert: a failure that may pass is put off (never sooner than the channel asked,
// never by more than an hour) and given up a day after the alert was made, or replayed by hand; not before 20 tries, so
// that a leap of the clock, or a sleep, ends none. What is given up, failed for a minute, or is asked to wait for longer
// than that, is handed over to the fallback, if there is one.
Delivery settle_try(const Alert& alert, Delivery seen, WallTime now, double random,
                    const std::optional<ChannelId>& fallback = std::nullopt);

// Whether the fallback is owed this step of a channel. `told_before`: it has an alert of an earlier step of the incident.
// A channel's own reminders are not the fallback's, unless that one alone hears of the incident.
bool goes_to_fallback(const Alert& step, const Delivery& delivery, bool told_before);
// The same step, owed to another channel.
Alert in_stead(const Alert& alert, const ChannelId& fallback, WallTime now);

}  // namespace allclear
