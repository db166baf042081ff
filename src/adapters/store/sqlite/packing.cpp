#include "adapters/store/sqlite/packing.h"

#include <algorithm>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/result_codec.h"
#include "adapters/store/sqlite/day_sheets.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {
namespace {

// A result that is told later than this after its hour ended goes into a second part of that hour.
constexpr std::chrono::minutes grace{2};
constexpr std::size_t hours_per_call = 200;
constexpr std::int64_t rows_per_call = 20'000;
constexpr std::int64_t chunks_per_call = 2'000;

void write_chunk(Connection& connection, const RecentHour& hour) {
  const std::int64_t first = chunk_row(hour.hour, hour.check, 0);
  const auto newest =
      connection.value("SELECT max(row) FROM chunks WHERE row BETWEEN ? AND ?", first, first + most_chunk_parts);
  connection.run("INSERT INTO chunks (row, last_recent, points) VALUES (?, ?, ?)", newest ? *newest + 1 : first,
                 hour.last_row, Bytes{hour.points});
}

void write_last(Connection& connection, std::int64_t check, const LastResults& last) {
  const auto result = last.find(check);
  if (result == last.end()) return;
  ByteWriter writer;
  write_result(writer, result->second, DetailPolicy::drop);
  connection.run("UPDATE checks SET last = ? WHERE number = ?", Bytes{writer.bytes()}, check);
}

}  // namespace

Result<Packed> pack_hours(Connection& connection, RecentPoints& recent, const LastResults& last, WallTime now) {
  const auto ended = recent.ready(hour_number(now - grace), hour_number(now) + 1, hours_per_call);
  if (ended.empty()) return Packed::all;
  Transaction transaction(connection);
  for (const RecentHour& hour : ended) {
    write_chunk(connection, hour);
    write_last(connection, hour.check, last);
  }
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  for (const RecentHour& hour : ended) recent.forget(hour);
  return ended.size() == hours_per_call ? Packed::more_left : Packed::all;
}

Result<Packed> trim_log(Connection& connection, std::int64_t row) {
  const auto oldest = connection.value("SELECT min(row) FROM recent");
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  if (!oldest || *oldest >= row) return Packed::all;
  Transaction transaction(connection);
  connection.run("DELETE FROM recent WHERE row < ?", std::min(row, *oldest + rows_per_call));
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  return Packed::more_left;
}

Result<void> expire_points(Connection& connection, const Retention& retention, WallTime now) {
  const std::int64_t keep_from = chunk_row(hour_number(now - retention.points), 0, 0);
  const auto oldest = connection.value("SELECT min(row) FROM chunks");
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  if (!oldest || *oldest >= keep_from) return {};
  Transaction transaction(connection);
  connection.run("DELETE FROM chunks WHERE row IN (SELECT row FROM chunks WHERE row < ? ORDER BY row LIMIT ?)",
                 keep_from, chunks_per_call);
  return transaction.commit();
}

Result<void> expire_rollups(Connection& connection, const Retention& retention, WallTime now) {
  const WallTime keep_from = now - retention.daily;
  Transaction transaction(connection);
  connection.run("DELETE FROM hourly WHERE bucket < ?", hour_number(now - retention.hourly));
  connection.run("DELETE FROM daily WHERE bucket < ?", day_number(keep_from));
  connection.run("DELETE FROM day_sheets WHERE row < ?", day_sheet_row(sheet_of_day(day_number(keep_from)), 0));
  connection.run("DELETE FROM absences WHERE to_at < ?", keep_from);
  // The state that was in force at that time stays.
  connection.run(
      "DELETE FROM intervals AS old WHERE at < (SELECT max(at) FROM intervals WHERE service = old.service AND at <= ?)",
      keep_from);
  return transaction.commit();
}

}  // namespace allclear::store
