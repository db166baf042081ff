// Civil time as values: zones, recurrences and maintenance windows. Who reads the zone database is adapters/config.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"

namespace allclear {

// What a clock on the wall of some zone shows; which instant that is, the zone's rules say.
using LocalTime = std::chrono::local_seconds;

struct ZoneRules {
  struct Change {
    std::chrono::sys_seconds at;  // from then on
    seconds offset{0};            // local = UTC + offset
  };

  std::string name = "UTC";     // as in the IANA database
  seconds first_offset{0};      // before the first change
  std::vector<Change> changes;  // ascending
};

// The five fields of cron as bit sets. Where both kinds of days are restricted, either makes a day match.
struct CronSchedule {
  std::uint64_t minutes = 0;        // bit 0 to 59
  std::uint32_t hours = 0;          // bit 0 to 23
  std::uint32_t days_of_month = 0;  // bit 1 to 31
  std::uint16_t months = 0;         // bit 1 to 12
  std::uint8_t weekdays = 0;        // bit 0 (Sunday) to 6
  bool any_day_of_month = true;     // the field began with "*"
  bool any_weekday = true;

  friend bool operator==(const CronSchedule&, const CronSchedule&) = default;
};

// When the clocks of a zone show the times of a schedule.
struct CronTimes {
  CronSchedule schedule;
  std::shared_ptr<const ZoneRules> zone;  // never null
};

struct Once {};

// Work that is known beforehand: its services are checked on, but nobody is told and the time does not count.
struct Maintenance {
  MaintenanceId id;
  std::string title;
  std::vector<ServiceId> services;  // at least one
  std::shared_ptr<const ZoneRules> zone;
  LocalTime start{};
  milliseconds lasts{0};  // by the clock of UTC: an hour is an hour also when the clocks change
  std::variant<Once, milliseconds, CronSchedule> repeats;  // from `start` on; the time is from start to start
  std::optional<LocalTime> until;  // no window begins later
  std::string planned_by{};        // while the monitor runs, by this token; empty: the config file names it
};

// [starts_at, ends_at)
struct MaintenanceWindow {
  WallTime starts_at;
  WallTime ends_at;

  friend bool operator==(const MaintenanceWindow&, const MaintenanceWindow&) = default;
};

}  // namespace allclear
