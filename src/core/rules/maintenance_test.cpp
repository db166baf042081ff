#include "core/rules/maintenance.h"

#include <gtest/gtest.h>

#include "core/rules/cron.h"
#include "core/rules/local_time.h"
#include "tests/support/zones.h"

namespace allclear {
namespace {

using std::chrono::hours;
using test::wall_at;

Maintenance work(std::string_view local_start, milliseconds lasts, std::string_view cron = "", ZoneRules zone = {}) {
  Maintenance maintenance;
  maintenance.zone = std::make_shared<const ZoneRules>(std::move(zone));
  maintenance.start =
      LocalTime(std::chrono::floor<seconds>(wall_at(std::string(local_start) + "Z")).time_since_epoch());
  maintenance.lasts = lasts;
  if (!cron.empty()) maintenance.repeats = parse_cron(cron).value();
  return maintenance;
}

std::string window(const Maintenance& maintenance, std::string_view now) {
  const auto found = window_at_or_after(maintenance, wall_at(now));
  if (!found) return "none";
  return format_rfc3339(found->starts_at) + "/" + format_rfc3339(found->ends_at) +
         (under_way(*found, wall_at(now)) ? " now" : "");
}

TEST(Maintenance, OnceIsAheadThenUnderWayThenOver) {
  const Maintenance once = work("2026-12-01T02:00:00", hours(1), "", test::berlin());
  const std::string when = "2026-12-01T01:00:00Z/2026-12-01T02:00:00Z";
  EXPECT_EQ(window(once, "2026-11-22T00:00:00Z"), when);
  EXPECT_EQ(window(once, "2026-12-01T00:59:59Z"), when);
  EXPECT_EQ(window(once, "2026-12-01T01:00:00Z"), when + " now");
  EXPECT_EQ(window(once, "2026-12-01T01:59:59Z"), when + " now");
  EXPECT_EQ(window(once, "2026-12-01T02:00:00Z"), "none");
}

TEST(Maintenance, RepeatsFromItsStartToItsEnd) {
  Maintenance weekly = work("2026-12-01T02:00:00", hours(1), "0 2 * * tue");
  EXPECT_EQ(window(weekly, "2026-11-22T00:00:00Z"), "2026-12-01T02:00:00Z/2026-12-01T03:00:00Z")
      << "not before its start";
  EXPECT_EQ(window(weekly, "2026-12-01T02:59:00Z"), "2026-12-01T02:00:00Z/2026-12-01T03:00:00Z now");
  EXPECT_EQ(window(weekly, "2026-12-01T03:00:00Z"), "2026-12-08T02:00:00Z/2026-12-08T03:00:00Z");
  weekly.until = LocalTime(std::chrono::local_days(std::chrono::year(2026) / 12 / 8) + hours(2));
  EXPECT_EQ(window(weekly, "2026-12-08T02:30:00Z"), "2026-12-08T02:00:00Z/2026-12-08T03:00:00Z now");
  EXPECT_EQ(window(weekly, "2026-12-08T03:00:00Z"), "none");
}

TEST(Maintenance, RepeatsAfterATime) {
  Maintenance often = work("2026-12-01T02:00:00", hours(1));
  often.repeats = milliseconds(hours(36));
  EXPECT_EQ(window(often, "2026-11-22T00:00:00Z"), "2026-12-01T02:00:00Z/2026-12-01T03:00:00Z");
  EXPECT_EQ(window(often, "2026-12-01T02:59:59Z"), "2026-12-01T02:00:00Z/2026-12-01T03:00:00Z now");
  EXPECT_EQ(window(often, "2026-12-01T03:00:00Z"), "2026-12-02T14:00:00Z/2026-12-02T15:00:00Z");
  EXPECT_EQ(window(often, "2026-12-02T14:00:00Z"), "2026-12-02T14:00:00Z/2026-12-02T15:00:00Z now");
}

TEST(Maintenance, AScheduleThatNeverComesHasNoWindow) {
  EXPECT_EQ(window(work("2026-12-01T02:00:00", hours(1), "0 2 30 2 *"), "2026-11-22T00:00:00Z"), "none");
}

TEST(Maintenance, AnHourIsAnHourAlsoWhenTheClocksChange) {
  const Maintenance nightly = work("2026-01-01T01:30:00", hours(2), "30 1 * * *", test::berlin());
  EXPECT_EQ(window(nightly, "2026-03-29T00:40:00Z"), "2026-03-29T00:30:00Z/2026-03-29T02:30:00Z now");
  EXPECT_EQ(window(nightly, "2026-10-24T23:40:00Z"), "2026-10-24T23:30:00Z/2026-10-25T01:30:00Z now");
}

TEST(Maintenance, WindowsThatOverlapFollowOneAnother) {
  const Maintenance often = work("2026-11-22T00:00:00", hours(3), "@hourly");
  EXPECT_EQ(window(often, "2026-11-22T05:10:00Z"), "2026-11-22T03:00:00Z/2026-11-22T06:00:00Z now");
  EXPECT_EQ(window(often, "2026-11-22T06:00:00Z"), "2026-11-22T04:00:00Z/2026-11-22T07:00:00Z now");
}

}  // namespace
}  // namespace allclear
