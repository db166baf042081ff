#include "adapters/store/sqlite/day_sheets.h"

#include <algorithm>
#include <vector>

#include "adapters/store/codec/day_sheet.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {
namespace {

std::int64_t sheet_of(const DayRow& row) { return sheet_of_day(row.day.time_since_epoch().count()); }

std::vector<DayRow> read_sheet(Connection& connection, std::int64_t sheet, std::int64_t service) {
  std::vector<DayRow> days;
  auto stored = connection.rows("SELECT days FROM day_sheets WHERE row = ?", day_sheet_row(sheet, service));
  if (!stored.next()) return days;
  ByteReader reader(stored.text(0));
  while (!reader.at_end()) {
    if (!read_sheet_day(reader, sheet, days.emplace_back())) {
      connection.fail("broken day sheet", FaultKind::corruption);
      break;
    }
  }
  return days;
}

void put_sheet(Connection& connection, std::int64_t sheet, std::int64_t service, std::span<const DayRow> changed) {
  std::vector<DayRow> days = read_sheet(connection, sheet, service);
  for (const DayRow& row : changed) {
    const auto place = std::lower_bound(days.begin(), days.end(), row.day,
                                        [](const DayRow& stored, auto wanted) { return stored.day < wanted; });
    if (place != days.end() && place->day == row.day) {
      *place = row;
    } else {
      days.insert(place, row);
    }
  }
  const std::string packed = pack_day_sheet(days);
  connection.run("INSERT OR REPLACE INTO day_sheets (row, days) VALUES (?, ?)", day_sheet_row(sheet, service),
                 Bytes{packed});
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

void put_closed_days(Connection& connection, std::int64_t service, std::span<const DayRow> days) {
  while (!days.empty() && connection.ok()) {
    const std::int64_t sheet = sheet_of(days.front());
    const auto end = std::find_if(days.begin(), days.end(), [&](const DayRow& row) { return sheet_of(row) != sheet; });
    const auto count = static_cast<std::size_t>(end - days.begin());
    put_sheet(connection, sheet, service, days.first(count));
    days = days.subspan(count);
  }
}

// Sheet by sheet, so that the sorting of many services' days stays small.
void fill_day_sheets(Connection& connection) {
  const std::int64_t through = connection.value("SELECT value FROM meta WHERE name = 'times_through'").value_or(0);
  const std::int64_t open_day = day_number(WallTime(milliseconds(through)));
  for (auto first = connection.value("SELECT min(bucket) FROM daily"); first && *first < open_day;
       first = connection.value("SELECT min(bucket) FROM daily WHERE bucket >= ?",
                                (sheet_of_day(*first) + 1) * days_per_sheet)) {
    auto rows = connection.rows(
        "SELECT service, bucket, up, degraded, down, maintenance, unknown, longest_down, results, p95 FROM daily"
        " WHERE bucket BETWEEN ?1 AND ?2 AND bucket < ?3 ORDER BY service, bucket",
        *first, (sheet_of_day(*first) + 1) * days_per_sheet - 1, open_day);
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
