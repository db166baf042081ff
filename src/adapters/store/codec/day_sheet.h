// A day sheet: closed days of one service in a row, packed, so that a page's bars cost a few rows instead of one a day.
// Per day: place in the sheet, which of the values are not zero, and those as varints: milliseconds in each state, longest
// outage, results, p95.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/uptime.h"

namespace allclear::store {

inline constexpr std::int64_t days_per_sheet = 32;

// A day's values are within what a sheet may hold; pack_day_sheet() wants only such days.
bool fits_day_sheet(const DayRow& row);

// The days belong to one sheet (day number / days_per_sheet), ascending; at least one.
std::string pack_day_sheet(std::span<const DayRow> days);

// False, and no days: the bytes are no sheet that pack_day_sheet made. `sheet` is its number.
bool unpack_day_sheet(std::string_view packed, std::int64_t sheet, std::vector<DayRow>& days);

}  // namespace allclear::store
