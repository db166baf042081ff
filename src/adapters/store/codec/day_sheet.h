// A day sheet: closed days of one service in a row, packed, so that a page's bars cost a few rows instead of one a day.
// Per day: place in the sheet, milliseconds in each state, longest outage, results, p95 + 1 (0: none), as varints.
#pragma once

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

// The next day of sheet number `sheet`; absent when the reader broke: ask at_end() before.
inline std::optional<DayRow> read_sheet_day(ByteReader& reader, std::int64_t sheet) {
  const auto time = [&reader] { return milliseconds(static_cast<std::int64_t>(reader.number())); };
  const std::uint8_t place = reader.byte();
  DayRow row;
  row.day = std::chrono::sys_days(std::chrono::days(sheet * days_per_sheet + place));
  row.times.up = time();
  row.times.degraded = time();
  row.times.down = time();
  row.times.maintenance = time();
  row.times.unknown = time();
  row.times.longest_down = time();
  row.results = static_cast<std::uint32_t>(reader.number());
  const std::uint64_t p95 = reader.number();
  if (p95 > 0) row.p95 = microseconds(static_cast<std::int64_t>(p95 - 1));
  return reader.ok() && place < days_per_sheet ? std::optional(row) : std::nullopt;
}

}  // namespace allclear::store
