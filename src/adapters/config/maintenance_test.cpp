// `maintenance` of the config, up to the windows that follow from it.
#include "core/rules/maintenance.h"

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"
#include "tests/support/zones.h"

namespace allclear::config {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::complaints;
using testing_support::loaded;
using Starts = std::vector<std::string>;

constexpr std::string_view services =
    "services: [{id: shop, url: 'https://a.example/'}, {id: pay, url: 'https://b.example/'}]\n";

std::vector<std::shared_ptr<const Maintenance>> read(const std::string& items) {
  return loaded(std::string(services) + "maintenance: [" + items + "]").catalogue->maintenances;
}

// When the next three windows after the start of December begin.
Starts starts(const std::string& words) {
  const auto all = read("{title: t, start: 2026-12-01T02:00, lasts: 1h, " + words + "}");
  Starts times;
  WallTime now = test::wall_at("2026-11-30T00:00:00Z");
  while (times.size() < 3) {
    const auto window = window_at_or_after(*all.at(0), now);
    if (!window) break;
    times.push_back(format_rfc3339(window->starts_at).substr(5, 11));
    now = window->ends_at;
  }
  return times;
}

TEST(Maintenance, AsTheContractShowsIt) {
  const auto all = read(
      "{title: DB upgrade, services: [pay], start: 2026-12-01T02:00, zone: Europe/Berlin, lasts: 1h, every: week}");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]->title, "DB upgrade");
  EXPECT_THAT(all[0]->services, ElementsAre(ServiceId("pay")));
  const auto window = window_at_or_after(*all[0], test::wall_at("2026-12-02T00:00:00Z"));
  ASSERT_TRUE(window.has_value());
  EXPECT_EQ(format_rfc3339(window->starts_at), "2026-12-08T01:00:00Z");
  EXPECT_EQ(format_rfc3339(window->ends_at), "2026-12-08T02:00:00Z");
}

TEST(Maintenance, HowOften) {
  EXPECT_EQ(starts("services: [shop]"), Starts{"12-01T02:00"});
  EXPECT_EQ(starts("every: day"), (Starts{"12-01T02:00", "12-02T02:00", "12-03T02:00"}));
  EXPECT_EQ(starts("every: week"), (Starts{"12-01T02:00", "12-08T02:00", "12-15T02:00"}));
  EXPECT_EQ(starts("every: month"), (Starts{"12-01T02:00", "01-01T02:00", "02-01T02:00"}));
  EXPECT_EQ(starts("every: [mon, thu]"), (Starts{"12-03T02:00", "12-07T02:00", "12-10T02:00"}));
  EXPECT_EQ(starts("every: sun"), (Starts{"12-06T02:00", "12-13T02:00", "12-20T02:00"}));
  EXPECT_EQ(starts("every: 36h"), (Starts{"12-01T02:00", "12-02T14:00", "12-04T02:00"}));
  EXPECT_EQ(starts("every: '30 4 * * sun'"), (Starts{"12-06T04:30", "12-13T04:30", "12-20T04:30"}));
  EXPECT_EQ(starts("every: week, until: 2026-12-08T02:00"), (Starts{"12-01T02:00", "12-08T02:00"}));
}

TEST(Maintenance, WithoutServicesItIsForAllOfThem) {
  EXPECT_THAT(read("{title: t, start: 2026-12-01T02:00, lasts: 1h}").at(0)->services,
              ElementsAre(ServiceId("shop"), ServiceId("pay")));
}

TEST(Maintenance, AnIdDependsOnTheWordsOnly) {
  const std::string a = "{title: a, start: 2026-12-01T02:00, lasts: 1h}";
  const std::string b = "{title: b, start: 2026-12-01T02:00, lasts: 1h}";
  const auto one = read(a + ", " + b), other = read(b + ", " + a), twice = read(a + ", " + a);
  EXPECT_EQ(one[0]->id, other[1]->id);
  EXPECT_NE(one[0]->id, one[1]->id);
  EXPECT_NE(twice[0]->id, twice[1]->id);
}

struct BadMaintenance {
  const char* words;
  const char* told;
};

void PrintTo(const BadMaintenance& mistake, std::ostream* out) { *out << mistake.words; }

class MaintenanceMistake : public ::testing::TestWithParam<BadMaintenance> {};

TEST_P(MaintenanceMistake, IsToldAtItsPlace) {
  const auto [words, expected] = GetParam();
  EXPECT_THAT(complaints(std::string(services) + "maintenance: [{title: t, lasts: 1h, " + words + "}]"),
              Contains(HasSubstr(expected)));
}

INSTANTIATE_TEST_SUITE_P(
    All, MaintenanceMistake,
    ::testing::Values(
        BadMaintenance{"start: 2026-12-01T02:00, zone: Europe/Berln",
                       "maintenance[0].zone: expected a name of the IANA"},
        BadMaintenance{"start: 2026-12-01T02:00+01:00", "maintenance[0].start: expected a local time"},
        BadMaintenance{"start: 2026-02-30T02:00", "maintenance[0].start: expected a local time"},
        BadMaintenance{"start: 2026-12-01T02:00, every: fortnight", "maintenance[0].every: expected day, week, month"},
        BadMaintenance{"start: 2026-12-01T02:00, every: 10m", "maintenance[0].every: expected day, week, month"},
        BadMaintenance{"start: 2026-12-01T02:00, every: [mon, day]", "maintenance[0].every: expected day, week, month"},
        BadMaintenance{"start: 2026-12-01T02:00, every: '0 25 * * *'", "maintenance[0].every: '25' is no hour of cron"},
        BadMaintenance{"start: 2026-12-01T02:00, until: 2026-11-01T02:00",
                       "maintenance[0].until: expected a time not before"},
        BadMaintenance{"start: 2026-12-01T02:00, services: [shopp]",
                       "maintenance[0].services: expected the id of a service"},
        BadMaintenance{"start: 2026-12-01T02:00, services: []",
                       "maintenance[0].services: expected at least one service"},
        BadMaintenance{"start: 2026-12-01T02:00, services: ", "maintenance[0].services: expected at least one service"},
        BadMaintenance{"lasts: 0s, start: 2026-12-01T02:00", "duplicate"}));

}  // namespace
}  // namespace allclear::config
