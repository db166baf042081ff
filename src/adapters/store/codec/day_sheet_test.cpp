#include "adapters/store/codec/day_sheet.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace allclear::store {
namespace {

std::vector<DayRow> days_in(std::string_view sheet, std::int64_t number) {
  std::vector<DayRow> days;
  ByteReader reader(sheet);
  while (!reader.at_end()) {
    if (!read_sheet_day(reader, number, days.emplace_back())) return {};
  }
  return days;
}

RC_GTEST_PROP(DaySheet, EveryDayComesBack, ()) {
  const std::int64_t number = *rc::gen::inRange(0, 100'000);
  std::vector<DayRow> days;
  for (std::int64_t place = 0; place < days_per_sheet; ++place) {
    if (*rc::gen::arbitrary<bool>()) continue;
    const auto time = [] { return milliseconds(*rc::gen::nonNegative<std::int64_t>()); };
    DayRow row;
    row.day = std::chrono::sys_days(std::chrono::days(number * days_per_sheet + place));
    row.times = {time(), time(), time(), time(), time(), time()};
    row.results = *rc::gen::arbitrary<std::uint32_t>();
    if (*rc::gen::arbitrary<bool>()) row.p95 = microseconds(*rc::gen::inRange<std::int64_t>(0, 1LL << 40));
    days.push_back(row);
  }
  const std::vector<DayRow> found = days_in(pack_day_sheet(days), number);
  RC_ASSERT(found.size() == days.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    RC_ASSERT(found[i].day == days[i].day);
    RC_ASSERT(found[i].times == days[i].times);
    RC_ASSERT(found[i].results == days[i].results);
    RC_ASSERT(found[i].p95 == days[i].p95);
  }
}

RC_GTEST_PROP(DaySheet, HostileBytesEnd, (const std::vector<std::uint8_t>& bytes)) {
  RC_ASSERT(days_in(std::string(bytes.begin(), bytes.end()), 640).size() <= bytes.size());
}

}  // namespace
}  // namespace allclear::store
