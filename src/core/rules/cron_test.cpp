#include "core/rules/cron.h"

#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "core/rules/local_time.h"
#include "tests/support/zones.h"

namespace allclear {
namespace {

using test::wall_at;
using Times = std::vector<std::string>;

// The next `count` matches after a time, as RFC 3339 in UTC.
Times matches(std::string_view cron, const ZoneRules& zone, std::string_view after, std::size_t count) {
  const auto schedule = parse_cron(cron);
  if (!schedule) return {schedule.error().message};
  Times times;
  WallTime at = wall_at(after);
  while (times.size() < count) {
    const auto next = next_match(*schedule, zone, at);
    if (!next) break;
    times.push_back(format_rfc3339(*next));
    at = *next;
  }
  return times;
}

TEST(Cron, EveryFieldNarrows) {
  EXPECT_EQ(matches("*/20 8-9 * * *", ZoneRules{}, "2026-11-22T09:30:00Z", 4),
            (Times{"2026-11-22T09:40:00Z", "2026-11-23T08:00:00Z", "2026-11-23T08:20:00Z", "2026-11-23T08:40:00Z"}));
  EXPECT_EQ(matches("30 2 * * mon,THU", ZoneRules{}, "2026-11-22T00:00:00Z", 3),
            (Times{"2026-11-23T02:30:00Z", "2026-11-26T02:30:00Z", "2026-11-30T02:30:00Z"}));
  EXPECT_EQ(matches("0 0 31 * *", ZoneRules{}, "2026-11-22T00:00:00Z", 2),
            (Times{"2026-12-31T00:00:00Z", "2027-01-31T00:00:00Z"}));
  EXPECT_EQ(matches("0 12 29 feb *", ZoneRules{}, "2026-11-22T00:00:00Z", 1), Times{"2028-02-29T12:00:00Z"});
  EXPECT_EQ(matches("5/25 0 1 1 *", ZoneRules{}, "2026-11-22T00:00:00Z", 3),
            (Times{"2027-01-01T00:05:00Z", "2027-01-01T00:30:00Z", "2027-01-01T00:55:00Z"}));
}

TEST(Cron, SundayIsZeroAndSeven) {
  EXPECT_EQ(parse_cron("0 0 * * 0").value(), parse_cron("0 0 * * 7").value());
  EXPECT_EQ(parse_cron("0 0 * * 5-7")->weekdays, 0b1100001);
}

TEST(Cron, OfTwoRestrictedKindsOfDaysEitherMatches) {
  EXPECT_EQ(matches("0 0 13 * fri", ZoneRules{}, "2026-11-10T00:00:00Z", 3),
            (Times{"2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z"}));
  EXPECT_EQ(matches("0 0 13 * fri", ZoneRules{}, "2026-12-11T00:00:00Z", 1), Times{"2026-12-13T00:00:00Z"});
  EXPECT_EQ(matches("0 0 */10 * fri", ZoneRules{}, "2026-12-01T00:00:00Z", 1), Times{"2026-12-11T00:00:00Z"})
      << "a field that begins with * restricts no kind of days by itself";
}

TEST(Cron, Nicknames) {
  EXPECT_EQ(parse_cron("@hourly").value(), parse_cron("0 * * * *").value());
  EXPECT_EQ(parse_cron("@midnight").value(), parse_cron("@daily").value());
  EXPECT_EQ(parse_cron("@weekly").value(), parse_cron("0 0 * * sun").value());
  EXPECT_EQ(parse_cron("@monthly").value(), parse_cron("0 0 1 * *").value());
  EXPECT_EQ(parse_cron("@annually").value(), parse_cron("0 0 1 jan *").value());
}

TEST(Cron, ADayThatNeverComesHasNoMatch) {
  EXPECT_EQ(matches("0 0 30 2 *", ZoneRules{}, "2026-11-22T00:00:00Z", 1), Times{});
}

struct BadCron {
  const char* cron;
  const char* field;
};

void PrintTo(const BadCron& mistake, std::ostream* out) { *out << '"' << mistake.cron << '"'; }

class CronMistake : public testing::TestWithParam<BadCron> {};

TEST_P(CronMistake, NamesTheField) {
  const auto schedule = parse_cron(GetParam().cron);
  ASSERT_FALSE(schedule.has_value());
  EXPECT_NE(schedule.error().message.find(GetParam().field), std::string::npos) << schedule.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, CronMistake,
                         testing::Values(BadCron{"", "five fields"}, BadCron{"* * * *", "five fields"},
                                         BadCron{"* * * * * *", "five fields"}, BadCron{"@reboot", "five fields"},
                                         BadCron{"60 * * * *", "minute"}, BadCron{"* 24 * * *", "hour"},
                                         BadCron{"* * 0 * *", "day of month"}, BadCron{"* * 32 * *", "day of month"},
                                         BadCron{"* * * 13 *", "month"}, BadCron{"* * * foo *", "month"},
                                         BadCron{"* * * * 8", "day of week"}, BadCron{"5-1 * * * *", "minute"},
                                         BadCron{"1,,2 * * * *", "minute"}, BadCron{", * * * *", "minute"},
                                         BadCron{"*/0 * * * *", "minute"}, BadCron{"*/x * * * *", "minute"},
                                         BadCron{"1- * * * *", "minute"}, BadCron{"-1 * * * *", "minute"},
                                         BadCron{"1e1 * * * *", "minute"},
                                         BadCron{"99999999999999999999 * * * *", "minute"}));

TEST(Cron, R10_TimesThatTheClocksSkipComeOnceAndLater) {
  EXPECT_EQ(matches("30 2 * * *", test::berlin(), "2026-03-28T00:00:00Z", 3),
            (Times{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}));
  EXPECT_EQ(matches("30 2 * * *", test::new_york(), "2026-03-08T00:00:00Z", 2),
            (Times{"2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"}));
  EXPECT_EQ(matches("15 2 * * *", test::lord_howe(), "2026-10-03T12:00:00Z", 2),
            (Times{"2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"}));
  EXPECT_EQ(matches("30 0 * * *", test::santiago(), "2026-09-05T12:00:00Z", 2),
            (Times{"2026-09-06T04:30:00Z", "2026-09-07T03:30:00Z"}))
      << "where midnight is skipped";
}

TEST(Cron, R10_TimesThatTheClocksShowTwiceComeOnceUnlessEveryHourIsMeant) {
  EXPECT_EQ(matches("30 2 * * *", test::berlin(), "2026-10-24T12:00:00Z", 2),
            (Times{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}));
  EXPECT_EQ(matches("30 * * * *", test::berlin(), "2026-10-24T23:30:00Z", 3),
            (Times{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"}));
  EXPECT_EQ(matches("45 1 * * *", test::lord_howe(), "2026-04-04T00:00:00Z", 2),
            (Times{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}));
}

TEST(Cron, R10_EveryHourOfAYearIsAnHourApartInEveryZone) {
  const auto hourly = parse_cron("@hourly");
  for (const ZoneRules& zone : {test::berlin(), test::new_york(), test::santiago(), test::sydney()}) {
    WallTime at = wall_at("2026-01-01T00:00:00Z");
    for (int hour = 1; hour <= 365 * 24; ++hour) {
      const auto next = next_match(*hourly, zone, at);
      ASSERT_TRUE(next.has_value());
      ASSERT_EQ(*next - at, std::chrono::hours(1)) << zone.name << " after " << format_rfc3339(at);
      at = *next;
    }
  }
}

// Each time of the day, through a year in which the clocks go forward once and back once.
struct City {
  const char* name;
  ZoneRules (*rules)();
};

void PrintTo(const City& city, std::ostream* out) { *out << city.name; }

class EveryDay : public testing::TestWithParam<City> {};

TEST_P(EveryDay, R10_ADailyTimeComesOnceADayBothWays) {
  const ZoneRules zone = GetParam().rules();
  ASSERT_EQ(zone.changes.size(), 2U);
  int skipped = 0;
  for (int minute = 0; minute < 24 * 60; minute += 15) {
    const auto daily = parse_cron(std::to_string(minute % 60) + " " + std::to_string(minute / 60) + " * * *");
    std::optional<WallTime> at = wall_at("2026-01-02T00:00:00Z");
    auto day = std::chrono::floor<std::chrono::days>(to_local(zone, *(at = next_match(*daily, zone, *at))));
    for (int count = 0; count < 360; ++count, at = next_match(*daily, zone, *at)) {
      ASSERT_TRUE(at.has_value());
      const LocalTime shown = to_local(zone, *at);
      const auto expected = day + std::chrono::minutes(minute);
      if (shown != expected) ++skipped;
      ASSERT_EQ(std::chrono::floor<std::chrono::days>(shown), day) << format_rfc3339(*at);
      ASSERT_GE(shown, expected) << format_rfc3339(*at);
      ASSERT_LE(shown - expected, std::chrono::hours(1)) << format_rfc3339(*at);
      day += std::chrono::days(1);
    }
  }
  EXPECT_EQ(skipped, zone.name == "Australia/Lord_Howe" ? 2 : 4) << "the quarters of an hour that one night lacks";
}

INSTANTIATE_TEST_SUITE_P(InFiveZones, EveryDay,
                         testing::Values(City{"Berlin", &test::berlin}, City{"New York", &test::new_york},
                                         City{"Santiago", &test::santiago}, City{"Sydney", &test::sydney},
                                         City{"Lord Howe", &test::lord_howe}));

TEST(LocalTime, ThereAndBackIsTheSameButForTimesShownTwice) {
  for (const ZoneRules& zone : {ZoneRules{}, test::berlin(), test::new_york(), test::lord_howe(), test::santiago()}) {
    int again = 0;
    for (WallTime at = wall_at("2026-01-01T00:00:00Z"); at < wall_at("2027-01-01T00:00:00Z"); at += std::chrono::minutes(15)) {
      const LocalTime local = to_local(zone, at);
      if (to_wall(zone, local) == at) continue;
      ASSERT_EQ(to_wall_again(zone, local), at) << zone.name << " " << format_rfc3339(at);
      ++again;
    }
    EXPECT_EQ(again, zone.changes.empty() ? 0 : zone.name == "Australia/Lord_Howe" ? 2 : 4) << zone.name;
  }
}

}  // namespace
}  // namespace allclear
