#include "adapters/store/codec/day_sheet.h"

namespace allclear::store {

std::string pack_day_sheet(std::span<const DayRow> days) {
  ByteWriter writer;
  for (const DayRow& row : days) {
    unsigned present = 0;
    for (std::size_t i = 0; i < sheet_times.size(); ++i) {
      if (row.times.*sheet_times[i] != milliseconds(0)) present |= 1U << i;
    }
    if (row.results != 0) present |= sheet_has_results;
    if (row.p95) present |= sheet_has_p95;
    writer.byte(static_cast<std::uint8_t>(row.day.time_since_epoch().count() % days_per_sheet));
    writer.byte(static_cast<std::uint8_t>(present));
    for (const auto time : sheet_times) {
      if (row.times.*time != milliseconds(0)) writer.number(static_cast<std::uint64_t>((row.times.*time).count()));
    }
    if (row.results != 0) writer.number(row.results);
    if (row.p95) writer.number(static_cast<std::uint64_t>(row.p95->count()));
  }
  return writer.take();
}

}  // namespace allclear::store
