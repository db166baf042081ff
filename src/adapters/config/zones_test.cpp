#include "adapters/config/zones.h"

#include <gtest/gtest.h>

#include "core/rules/local_time.h"
#include "tests/support/zones.h"

namespace allclear::config {
namespace {

// What the tests of the rules believe about these zones is what the database says.
TEST(Zones, R10_TheDatabaseAgreesWithTheZonesOfTheTests) {
  for (const ZoneRules& expected :
       {test::berlin(), test::new_york(), test::lord_howe(), test::santiago(), test::sydney()}) {
    const auto zone = load_zone(expected.name);
    ASSERT_TRUE(zone.has_value()) << expected.name;
    EXPECT_EQ((*zone)->name, expected.name);
    for (WallTime at = test::wall_at("2026-01-01T00:00:00Z"); at < test::wall_at("2026-12-31T00:00:00Z");
         at += std::chrono::minutes(30)) {
      ASSERT_EQ(to_local(**zone, at), to_local(expected, at)) << expected.name << " " << format_rfc3339(at);
    }
  }
}

TEST(Zones, ReachBackAndForward) {
  const auto berlin = load_zone("Europe/Berlin");
  ASSERT_TRUE(berlin.has_value());
  const auto offset = [&](std::string_view at) {
    const WallTime wall = test::wall_at(at);
    return to_local(**berlin, wall).time_since_epoch() - wall.time_since_epoch();
  };
  EXPECT_EQ(offset("1970-01-01T00:00:00Z"), std::chrono::hours(1));
  EXPECT_EQ(offset("1975-07-01T00:00:00Z"), std::chrono::hours(1)) << "no summer time then";
  EXPECT_EQ(offset("2037-07-01T00:00:00Z"), std::chrono::hours(2));
}

TEST(Zones, UtcNeedsNoDatabaseAndOthersAreNamedAsTheyAre) {
  const auto utc = load_zone("UTC");
  ASSERT_TRUE(utc.has_value());
  EXPECT_TRUE((*utc)->changes.empty());
  for (const char* name : {"Europe/Berln", "", "../../etc/passwd", "/etc/localtime", "CEST"}) {
    const auto zone = load_zone(name);
    ASSERT_FALSE(zone.has_value()) << name;
    EXPECT_NE(zone.error().message.find("Europe/Berlin"), std::string::npos);
  }
}

}  // namespace
}  // namespace allclear::config
