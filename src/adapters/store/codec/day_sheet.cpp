#include "adapters/store/codec/day_sheet.h"

namespace allclear::store {

std::string pack_day_sheet(std::span<const DayRow> days) {
  ByteWriter writer;
  const auto put_time = [&writer](milliseconds time) { writer.number(static_cast<std::uint64_t>(time.count())); };
  for (const DayRow& row : days) {
    writer.byte(static_cast<std::uint8_t>(row.day.time_since_epoch().count() % days_per_sheet));
    put_time(row.times.up);
    put_time(row.times.degraded);
    put_time(row.times.down);
    put_time(row.times.maintenance);
    put_time(row.times.unknown);
    put_time(row.times.longest_down);
    writer.number(row.results);
    writer.number(row.p95 ? static_cast<std::uint64_t>(row.p95->count()) + 1 : 0);
  }
  return writer.take();
}

}  // namespace allclear::store
