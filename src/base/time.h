// Time as values: wall time for people and storage, monotonic time for deadlines. Reads no clock; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace allclear {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Unix time in milliseconds (UTC, without leap seconds).
using WallTime = std::chrono::sys_time<milliseconds>;

// A clock type without now(): core/ cannot read it, only receive it. Counts CLOCK_MONOTONIC.
struct MonotonicClock {
  using duration = nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using MonotonicTime = MonotonicClock::time_point;

// One moment seen on both clocks.
struct Instant {
  WallTime wall;
  MonotonicTime monotonic;
};

// RFC 3339 in UTC: "2026-11-20T08:40:00Z"; milliseconds are written only when not zero.
std::string format_rfc3339(WallTime time);
// Accepts RFC 3339 with any offset and up to nine fraction digits (cut to milliseconds).
Result<WallTime> parse_rfc3339(std::string_view text);
// UTC date "2026-11-20".
std::string format_date(std::chrono::sys_days day);
Result<std::chrono::sys_days> parse_date(std::string_view text);
inline std::chrono::sys_days day_of(WallTime time) { return std::chrono::floor<std::chrono::days>(time); }

// Durations as the config writes them: a number with a unit of ms, s, m, h, d or w ("1.5s", "1h30m"). Not negative.
Result<milliseconds> parse_duration(std::string_view text);
// The shortest config form that parses back to the same value: "90s" -> "1m30s".
std::string format_duration(milliseconds duration);
// For people: the two largest units, rounded down: "18 min", "2 h 5 min", "3 d 4 h".
std::string describe_duration(milliseconds duration);

inline double to_milliseconds(microseconds duration) { return static_cast<double>(duration.count()) / 1000.0; }

}  // namespace allclear
