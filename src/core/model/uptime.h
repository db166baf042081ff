// Uptime as it is stored and shown: time in each state per bucket, days, windows. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"

namespace allclear {

// Time of a service in each confirmed state, inside one bucket (an hour or a UTC day) or a window.
struct StateTimes {
  milliseconds up{0};
  milliseconds degraded{0};
  milliseconds down{0};
  milliseconds maintenance{0};
  milliseconds unknown{0};
  milliseconds longest_down{0};

  friend bool operator==(const StateTimes&, const StateTimes&) = default;
};

struct DayRow {
  std::chrono::sys_days day;
  StateTimes times;
  std::uint32_t results = 0;            // seen
  std::optional<microseconds> p95;      // from the day's latency histogram
};

// The windows of uptime that the page shows. A ratio is absent when nothing known was counted.
struct UptimeWindows {
  std::optional<double> day;      // 24 h
  std::optional<double> week;     // 7 d
  std::optional<double> month;    // 30 d
  std::optional<double> quarter;  // 90 d
};

struct ServiceDays {
  ServiceId service;
  std::vector<DayRow> days;  // ascending, only days with data
  UptimeWindows uptime;
};

}  // namespace allclear
