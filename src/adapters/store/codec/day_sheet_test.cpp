#include "adapters/store/codec/day_sheet.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace allclear::store {
namespace {

RC_GTEST_PROP(DaySheet, EveryDayComesBack, ()) {
  const std::int64_t number = *rc::gen::inRange(0, 100'000);
  std::vector<DayRow> days;
  for (std::int64_t place = 0; place < days_per_sheet; ++place) {
    if (*rc::gen::arbitrary<bool>()) continue;
    const auto time = [] { return milliseconds(*rc::gen::inRange(0, 86'400'001)); };
    DayRow row;
    row.day = std::chrono::sys_days(std::chrono::days(number * days_per_sheet + place));
    row.times = {time(), time(), time(), time(), time(), time()};
    row.results = *rc::gen::arbitrary<std::uint32_t>();
    if (*rc::gen::arbitrary<bool>()) row.p95 = microseconds(*rc::gen::inRange<std::int64_t>(0, 1LL << 40));
    days.push_back(row);
  }
  std::vector<DayRow> found;
  RC_ASSERT(unpack_day_sheet(pack_day_sheet(days), number, found) == !days.empty());
  RC_ASSERT(found.size() == days.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    RC_ASSERT(found[i].day == days[i].day);
    RC_ASSERT(found[i].times == days[i].times);
    RC_ASSERT(found[i].results == days[i].results);
    RC_ASSERT(found[i].p95 == days[i].p95);
  }
}

RC_GTEST_PROP(DaySheet, HostileBytesGiveDaysInOrderOrNone, (const std::vector<std::uint8_t>& bytes)) {
  std::vector<DayRow> found;
  const bool whole = unpack_day_sheet(std::string(bytes.begin(), bytes.end()), 640, found);
  RC_ASSERT(whole == !found.empty());
  RC_ASSERT(found.size() <= static_cast<std::size_t>(days_per_sheet));
  for (std::size_t i = 1; i < found.size(); ++i) RC_ASSERT(found[i - 1].day < found[i].day);
}

TEST(DaySheet, WhatPackingNeverWritesIsRefused) {
  DayRow day;
  day.day = std::chrono::sys_days(std::chrono::days(640 * days_per_sheet));
  day.times.up = std::chrono::hours(24);
  std::vector<DayRow> found;
  const std::string good = pack_day_sheet({{day}});
  EXPECT_TRUE(unpack_day_sheet(good, 640, found));
  EXPECT_FALSE(unpack_day_sheet("", 640, found));
  EXPECT_FALSE(unpack_day_sheet(good.substr(0, good.size() - 1), 640, found));
  EXPECT_FALSE(unpack_day_sheet(good + good, 640, found)) << "the same day twice";
  EXPECT_FALSE(unpack_day_sheet(std::string(8, '\0'), 640, found));
  day.times.up += milliseconds(1);
  EXPECT_FALSE(unpack_day_sheet(pack_day_sheet({{day}}), 640, found)) << "longer than a day";
}

}  // namespace
}  // namespace allclear::store
