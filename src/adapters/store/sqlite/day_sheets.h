// The day_sheets table: what the page shows of closed days, copied from `daily` and packed (codec/day_sheet.h).
// `daily` stays the truth: it also holds the counts that a late result is added to. Inside the caller's transaction.
#pragma once

#include <span>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/uptime.h"

namespace allclear::store {

// A sheet's row id holds its number and the service in this order: a flush at midnight changes neighbours.
std::int64_t day_sheet_row(std::int64_t sheet, std::int64_t service);
std::int64_t day_sheet_number(std::int64_t row);
std::int64_t day_sheet_service(std::int64_t row);
std::int64_t sheet_of_day(std::int64_t day);  // by day number

// The columns bucket, up, degraded, down, maintenance, unknown, longest_down, results, p95 of `daily`.
DayRow read_day_columns(const Rows& rows, int first);

struct SheetRepairs {
  int sheets = 0;    // could not be decoded and were made anew from `daily`
  int left_out = 0;  // days of `daily` that hold what cannot be: negative times, more than 24 h
};

// A sheet's days before day number `before`, from `daily`: for a sheet that cannot be decoded. At most 32 look-ups.
// Days that no sheet may hold are left out and counted.
std::vector<DayRow> days_from_daily(Connection& connection, std::int64_t sheet, std::int64_t service,
                                    std::int64_t before, int& left_out);

// Adds or replaces closed days (ascending) of one service.
SheetRepairs put_closed_days(Connection& connection, std::int64_t service, std::span<const DayRow> days);

// Decodes the next sheets_per_check sheets after those of the last call, and makes anew what cannot be decoded: a short
// transaction of its own. After a fault the next call goes on behind it.
Result<SheetRepairs> check_day_sheets(Connection& connection);
inline constexpr int sheets_per_check = 4'000;

// Makes the sheets of all days in `daily` that are closed. The migration that brings the table calls it.
void fill_day_sheets(Connection& connection);

}  // namespace allclear::store
