#include "adapters/store/codec/day_sheet.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "adapters/store/codec/bytes.h"

namespace allclear::store {
namespace {

// The values of a day, by the bit that says that one is there.
constexpr std::array<milliseconds StateTimes::*, 6> sheet_times{&StateTimes::up,      &StateTimes::degraded,
                                                                &StateTimes::down,    &StateTimes::maintenance,
                                                                &StateTimes::unknown, &StateTimes::longest_down};
constexpr unsigned sheet_has_results = 1U << 6;
constexpr unsigned sheet_has_p95 = 1U << 7;
constexpr milliseconds longest_time = std::chrono::hours(24);

bool read_number(ByteReader& reader, std::uint64_t most, std::uint64_t& value) {
  value = reader.number();
  return reader.ok() && value <= most;
}

bool read_day(ByteReader& reader, std::int64_t sheet, DayRow& row) {
  const std::uint8_t place = reader.byte();
  const unsigned present = reader.byte();
  if (!reader.ok() || place >= days_per_sheet) return false;
  row.day = std::chrono::sys_days(std::chrono::days(sheet * days_per_sheet + place));
  std::uint64_t value = 0;
  for (unsigned rest = present & (sheet_has_results - 1); rest != 0; rest &= rest - 1) {
    if (!read_number(reader, longest_time.count(), value)) return false;
    row.times.*sheet_times[static_cast<std::size_t>(std::countr_zero(rest))] = milliseconds(value);
  }
  if ((present & sheet_has_results) != 0) {
    if (!read_number(reader, std::numeric_limits<std::uint32_t>::max(), value)) return false;
    row.results = static_cast<std::uint32_t>(value);
  }
  if ((present & sheet_has_p95) != 0) {
    if (!read_number(reader, std::numeric_limits<std::int64_t>::max(), value)) return false;
    row.p95 = microseconds(value);
  }
  return true;
}

}  // namespace

bool fits_day_sheet(const DayRow& row) {
  const bool times_fit = std::all_of(sheet_times.begin(), sheet_times.end(), [&](const auto time) {
    return row.times.*time >= milliseconds(0) && row.times.*time <= longest_time;
  });
  return times_fit && row.p95.value_or(microseconds(0)) >= microseconds(0);
}

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

bool unpack_day_sheet(std::string_view packed, std::int64_t sheet, std::vector<DayRow>& days) {
  days.clear();
  ByteReader reader(packed);
  while (!reader.at_end()) {
    DayRow row;
    if (!read_day(reader, sheet, row) || (!days.empty() && row.day <= days.back().day)) {
      days.clear();
      break;
    }
    days.push_back(row);
  }
  return !days.empty();
}

}  // namespace allclear::store
