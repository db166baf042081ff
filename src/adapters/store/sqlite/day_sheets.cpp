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

void put_sheet(Connection& connection, std::int64_t sheet, std::int64_t service, std::span<const DayRow> changed,
               SheetRepairs& repairs) {
  std::vector<DayRow> days;
  if (read_sheet(connection, sheet, service, days) == SheetFound::broken) {
    days = days_from_daily(connection, sheet, service, open_day(connection), repairs.left_out);
    ++repairs.sheets;
  }
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
}

struct CheckedSheets {
  std::vector<std::int64_t> broken;  // rows
  std::int64_t reached = 0;          // the last row that was read
  bool all = false;                  // there are no more
};

CheckedSheets read_sheets(Connection& connection, std::int64_t after) {
  CheckedSheets sheets{{}, after, false};
  std::vector<DayRow> days;
  int checked = 0;
  auto rows =
      connection.rows("SELECT row, days FROM day_sheets WHERE row > ? ORDER BY row LIMIT ?", after, sheets_per_check);
  for (; rows.next(); ++checked) {
    sheets.reached = rows.integer(0);
    if (!unpack_day_sheet(rows.text(1), day_sheet_number(sheets.reached), days)) {
      sheets.broken.push_back(sheets.reached);
    }
  }
  sheets.all = checked < sheets_per_check;
  return sheets;
}

Result<SheetRepairs> repair_sheets(Connection& connection, const std::vector<std::int64_t>& broken) {
  SheetRepairs repairs;
  if (broken.empty()) return repairs;
  Transaction transaction(connection);
  for (const std::int64_t row : broken) {
    write_sheet(connection, row,
                days_from_daily(connection, day_sheet_number(row), day_sheet_service(row), open_day(connection),
                                repairs.left_out));
    ++repairs.sheets;
  }
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(std::move(stored.error()));
  return repairs;
}

// Where to go on behind a page that cannot be read: its rows are not known, so at the next sheet's. 0: from the start.
std::int64_t behind(Connection& connection, std::int64_t row) {
  const std::int64_t sheet = day_sheet_number(row) + 1;
  return sheet > sheet_of_day(open_day(connection)) ? 0 : day_sheet_row(sheet, 0);
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
                                    std::int64_t before, int& left_out) {
  std::vector<DayRow> days;
  const std::int64_t first = sheet * days_per_sheet;
  for (std::int64_t day = first; day < std::min(first + days_per_sheet, before); ++day) {
    auto row = connection.rows(
        "SELECT bucket, up, degraded, down, maintenance, unknown, longest_down, results, p95 FROM daily"
        " WHERE bucket = ? AND service = ?",
        day, service);
    if (!row.next()) continue;
    const DayRow found = read_day_columns(row, 0);
    if (fits_day_sheet(found)) {
      days.push_back(found);
    } else {
      ++left_out;
    }
  }
  return days;
}

SheetRepairs put_closed_days(Connection& connection, std::int64_t service, std::span<const DayRow> days) {
  SheetRepairs repairs;
  while (!days.empty() && connection.ok()) {
    const std::int64_t sheet = sheet_of(days.front());
    const auto end = std::find_if(days.begin(), days.end(), [&](const DayRow& row) { return sheet_of(row) != sheet; });
    const auto count = static_cast<std::size_t>(end - days.begin());
    put_sheet(connection, sheet, service, days.first(count), repairs);
    days = days.subspan(count);
  }
  return repairs;
}

Result<SheetRepairs> check_day_sheets(Connection& connection) {
  const std::int64_t after = connection.value("SELECT value FROM meta WHERE name = 'sheets_checked'").value_or(0);
  const CheckedSheets sheets = read_sheets(connection, after);
  auto fault = connection.take_fault();
  auto repairs = repair_sheets(connection, sheets.broken);
  const std::int64_t on_end = sheets.all ? 0 : sheets.reached;
  const std::int64_t next = fault ? behind(connection, sheets.reached) : on_end;
  if (next != after) {
    Transaction transaction(connection);
    connection.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('sheets_checked', ?)", next);
    if (auto stored = transaction.commit(); !stored && !fault) fault = std::move(stored.error());
  }
  if (fault) return tl::make_unexpected(std::move(*fault));
  return repairs;
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
      const DayRow day = read_day_columns(rows, 1);
      if (fits_day_sheet(day)) days.push_back(day);
    }
    put_closed_days(connection, service, days);
  }
}

}  // namespace allclear::store
