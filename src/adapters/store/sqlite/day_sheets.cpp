#include "adapters/store/sqlite/day_sheets.h"

#include <algorithm>
#include <vector>

#include "adapters/store/codec/day_sheet.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {
namespace {

std::int64_t sheet_of(const DayRow& row) { return sheet_of_day(row.day.time_since_epoch().count()); }

// Days before it are closed.
std::int64_t open_day(Connection& connection) {
  const std::int64_t through = connection.value("SELECT value FROM meta WHERE name = 'times_through'").value_or(0);
  return day_number(WallTime(milliseconds(through)));
}

void write_sheet(Connection& connection, std::int64_t row, std::span<const DayRow> days) {
  if (days.empty()) return connection.run("DELETE FROM day_sheets WHERE row = ?", row);
  const std::string packed = pack_day_sheet(days);
  connection.run("INSERT OR REPLACE INTO day_sheets (row, days) VALUES (?, ?)", row, Bytes{packed});
}

enum class SheetFound : std::uint8_t { good, none, broken };

SheetFound read_sheet(Connection& connection, std::int64_t sheet, std::int64_t service, std::vector<DayRow>& days) {
  auto stored = connection.rows("SELECT days FROM day_sheets WHERE row = ?", day_sheet_row(sheet, service));
  if (!stored.next()) return SheetFound::none;
  return unpack_day_sheet(stored.text(0), sheet, days) ? SheetFound::good : SheetFound::broken;
}

// True: what was stored of the sheet could not be decoded and was made anew.
bool put_sheet(Connection& connection, std::int64_t sheet, std::int64_t service, std::span<const DayRow> changed) {
  std::vector<DayRow> days;
  const bool broken = read_sheet(connection, sheet, service, days) == SheetFound::broken;
  if (broken) days = days_from_daily(connection, sheet, service, open_day(connection));
  for (const DayRow& row : changed) {
    const auto place = std::lower_bound(days.begin(), days.end(), row.day,
                                        [](const DayRow& stored, auto wanted) { return stored.day < wanted; });
    if (place != days.end() && place->day == row.day) {
      *place = row;
    } else {
      days.insert(place, row);
    }
  }
  write_sheet(connection, day_sheet_row(sheet, service), days);
  return broken;
}

}  // namespace

std::int64_t day_sheet_row(std::int64_t sheet, std::int64_t service) { return sheet << 32 | service; }
std::int64_t day_sheet_number(std::int64_t row) { return row >> 32; }
std::int64_t day_sheet_service(std::int64_t row) { return row & 0xffff'ffff; }
std::int64_t sheet_of_day(std::int64_t day) { return day / days_per_sheet; }

DayRow read_day_columns(const Rows& rows, int first) {
  const auto time = [&](int column) { return milliseconds(rows.integer(first + column)); };
  DayRow row{std::chrono::sys_days(std::chrono::days(rows.integer(first))),
             {time(1), time(2), time(3), time(4), time(5), time(6)},
             static_cast<std::uint32_t>(rows.integer(first + 7)),
             std::nullopt};
  if (!rows.is_null(first + 8)) row.p95 = microseconds(rows.integer(first + 8));
  return row;
}

std::vector<DayRow> days_from_daily(Connection& connection, std::int64_t sheet, std::int64_t service,
                                    std::int64_t before) {
  std::vector<DayRow> days;
  const std::int64_t first = sheet * days_per_sheet;
  for (std::int64_t day = first; day < std::min(first + days_per_sheet, before); ++day) {
    auto row = connection.rows(
        "SELECT bucket, up, degraded, down, maintenance, unknown, longest_down, results, p95 FROM daily"
        " WHERE bucket = ? AND service = ?",
        day, service);
    if (row.next()) days.push_back(read_day_columns(row, 0));
  }
  return days;
}

int put_closed_days(Connection& connection, std::int64_t service, std::span<const DayRow> days) {
  int rebuilt = 0;
  while (!days.empty() && connection.ok()) {
    const std::int64_t sheet = sheet_of(days.front());
    const auto end = std::find_if(days.begin(), days.end(), [&](const DayRow& row) { return sheet_of(row) != sheet; });
    const auto count = static_cast<std::size_t>(end - days.begin());
    if (put_sheet(connection, sheet, service, days.first(count))) ++rebuilt;
    days = days.subspan(count);
  }
  return rebuilt;
}

Result<int> check_day_sheets(Connection& connection) {
  const std::int64_t after = connection.value("SELECT value FROM meta WHERE name = 'sheets_checked'").value_or(0);
  std::vector<std::int64_t> broken;
  std::int64_t reached = 0;
  int checked = 0;
  {
    std::vector<DayRow> days;
    auto rows =
        connection.rows("SELECT row, days FROM day_sheets WHERE row > ? ORDER BY row LIMIT ?", after, sheets_per_check);
    for (; rows.next(); ++checked) {
      reached = rows.integer(0);
      if (!unpack_day_sheet(rows.text(1), day_sheet_number(reached), days)) broken.push_back(reached);
    }
  }
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  if (checked < sheets_per_check) reached = 0;
  if (broken.empty() && reached == after) return 0;
  Transaction transaction(connection);
  for (const std::int64_t row : broken) {
    write_sheet(connection, row,
                days_from_daily(connection, day_sheet_number(row), day_sheet_service(row), open_day(connection)));
  }
  connection.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('sheets_checked', ?)", reached);
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(std::move(stored.error()));
  return static_cast<int>(broken.size());
}

// Sheet by sheet, so that the sorting of many services' days stays small.
void fill_day_sheets(Connection& connection) {
  const std::int64_t before = open_day(connection);
  for (auto first = connection.value("SELECT min(bucket) FROM daily"); first && *first < before;
       first = connection.value("SELECT min(bucket) FROM daily WHERE bucket >= ?",
                                (sheet_of_day(*first) + 1) * days_per_sheet)) {
    auto rows = connection.rows(
        "SELECT service, bucket, up, degraded, down, maintenance, unknown, longest_down, results, p95 FROM daily"
        " WHERE bucket BETWEEN ?1 AND ?2 AND bucket < ?3 ORDER BY service, bucket",
        *first, (sheet_of_day(*first) + 1) * days_per_sheet - 1, before);
    std::int64_t service = 0;
    std::vector<DayRow> days;
    while (rows.next()) {
      if (rows.integer(0) != service) {
        put_closed_days(connection, service, days);
        days.clear();
      }
      service = rows.integer(0);
      days.push_back(read_day_columns(rows, 1));
    }
    put_closed_days(connection, service, days);
  }
}

}  // namespace allclear::store
