// `heartbeat` of a service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/digest.h"
#include "tests/support/loaded_config.h"

namespace allclear::config::heartbeat_test {
namespace {

using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::complaints;
using testing_support::loaded;

std::string backup(const std::string& keys) { return "services: [{id: backup, heartbeat: {" + keys + "}}]"; }

const Check& only_check(const ConfigFile& config) { return *config.catalogue->services.at(0)->checks.at(0); }

TEST(Heartbeat, ADurationIsItsInterval) {
  const ConfigFile config = loaded(backup("every: 1d, grace: 1h, token: 0123456789abcdef"));
  const Check& check = only_check(config);
  const auto& target = std::get<HeartbeatTarget>(check.target);
  EXPECT_EQ(check.interval, hours(24));
  EXPECT_EQ(target.grace, hours(1));
  EXPECT_EQ(target.cron, nullptr);
  EXPECT_EQ(target.token_digest.value(), net::sha256("0123456789abcdef"));
  EXPECT_EQ(check.confirm.down, 1);
  EXPECT_EQ(check.confirm.up, 1);
  EXPECT_EQ(check.id.value(), "backup");
}

TEST(Heartbeat, FiveMinutesOfGraceUnlessItIsSaid) {
  const ConfigFile config = loaded(backup("every: 1h"));
  EXPECT_EQ(std::get<HeartbeatTarget>(only_check(config).target).grace, std::chrono::minutes(5));
}

TEST(Heartbeat, ACronScheduleGoesByItsZoneAndItsLongestPauseIsTheInterval) {
  const ConfigFile config = loaded(backup("every: '30 2 * * mon-fri', zone: Europe/Berlin"));
  const auto& target = std::get<HeartbeatTarget>(only_check(config).target);
  ASSERT_NE(target.cron, nullptr);
  EXPECT_EQ(target.cron->zone->name, "Europe/Berlin");
  EXPECT_EQ(only_check(config).interval, hours(72));
}

TEST(Heartbeat, AlsoADenseScheduleIsSeenToLeaveOutTheWeekend) {
  for (const char* every : {"* * * * mon-fri", "*/15 8-17 * * mon-fri"}) {
    const ConfigFile config = loaded(backup(std::string("every: '") + every + "'"));
    EXPECT_GT(only_check(config).interval, hours(48)) << every;
  }
}

struct Mistake {
  std::string keys;
  std::string expected;
};

TEST(Heartbeat, MistakesAreToldWithWhatWasExpected) {
  const Mistake mistakes[] = {
      {"grace: 1h", "heartbeat.every: missing"},
      {"every: often", "heartbeat.every: expected how often a ping comes"},
      {"every: 500ms", "heartbeat.every: expected at least 1s"},
      {"every: 401d", "heartbeat.every: expected at most 400d"},
      {"every: '61 2 * * *'", "heartbeat.every: "},
      {"every: '0 0 30 feb *'", "heartbeat.every: expected times that come"},
      {"every: '0 2 * * *', zone: Mars/Base", "heartbeat.zone: "},
      {"every: 1d, zone: Europe/Berlin", "heartbeat.zone: goes with a cron schedule"},
      {"every: 1d, grace: 0s", "heartbeat.grace: expected at least 1s"},
      {"every: 1d, token: short", "heartbeat.token: expected a token of 16 to 128"},
      {"every: 1d, token: 'with a space 0123456789'", "heartbeat.token: expected a token of 16 to 128"},
      {"every: 1d, token_file: missing-file", "heartbeat.token_file: "},
      {"every: 1d, tokn: x", "did you mean \"token\"?"},
  };
  for (const Mistake& mistake : mistakes)
    EXPECT_THAT(complaints(backup(mistake.keys)), Contains(HasSubstr(mistake.expected))) << mistake.keys;
}

TEST(Heartbeat, AWrongTokenIsNotRepeatedInTheMessage) {
  for (const std::string& line : complaints(backup("every: 1d, token: 'hush hush hush'"))) {
    EXPECT_THAT(line, ::testing::Not(HasSubstr("hush")));
  }
}

TEST(Heartbeat, TwoMayNotShareAToken) {
  EXPECT_THAT(complaints("services:\n"
                         "  - {id: a, heartbeat: {every: 1d, token: 0123456789abcdef}}\n"
                         "  - {id: b, heartbeat: {every: 1d, token: 0123456789abcdef}}\n"),
              ElementsAre(HasSubstr("services[b].heartbeat.token: the same token as services[a].heartbeat.token")));
}

TEST(Heartbeat, ConfirmationDoesNotGoWithIt) {
  EXPECT_THAT(complaints("services: [{id: a, confirm: {down: 3}, heartbeat: {every: 1d}}]"),
              Contains(HasSubstr("services[a].confirm: does not go with heartbeat")));
}

}  // namespace
}  // namespace allclear::config::heartbeat_test
