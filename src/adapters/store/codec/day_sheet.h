// A day sheet: closed days of one service in a row, packed, so that a page's bars cost a few rows instead of one a day.
// Per day: place in the sheet, which of the values are not zero, and those as varints: milliseconds in each state, longest
// outage, results, p95.
#pragma once

#include <array>
#include <bit>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/store/codec/bytes.h"
#include "core/model/uptime.h"

namespace allclear::store {

inline constexpr std::int64_t days_per_sheet = 32;

// The days belong to one sheet (day number / days_per_sheet), ascending.
std::string pack_day_sheet(std::span<const DayRow> days);

// The values of a day, by the bit that says that one is there.
inline constexpr std::array<milliseconds StateTimes::*, 6> sheet_times{&StateTimes::up,      &StateTimes::degraded,
                                                                       &StateTimes::down,    &StateTimes::maintenance,
                                                                       &StateTimes::unknown, &StateTimes::longest_down};
inline constexpr unsigned sheet_has_results = 1U << 6;
inline constexpr unsigned sheet_has_p95 = 1U << 7;

// Reads the next day of sheet number `sheet` into `row`; false when the bytes are broken. Ask at_end() before.
inline bool read_sheet_day(ByteReader& reader, std::int64_t sheet, DayRow& row) {
  const std::uint8_t place = reader.byte();
  const unsigned present = reader.byte();
  row = DayRow{std::chrono::sys_days(std::chrono::days(sheet * days_per_sheet + place)), {}, 0, std::nullopt};
  for (unsigned rest = present & (sheet_has_results - 1); rest != 0; rest &= rest - 1) {
    row.times.*sheet_times[static_cast<std::size_t>(std::countr_zero(rest))] =
        milliseconds(static_cast<std::int64_t>(reader.number()));
  }
  if ((present & sheet_has_results) != 0) row.results = static_cast<std::uint32_t>(reader.number());
  if ((present & sheet_has_p95) != 0) row.p95 = microseconds(static_cast<std::int64_t>(reader.number()));
  return reader.ok() && place < days_per_sheet;
}

}  // namespace allclear::store
