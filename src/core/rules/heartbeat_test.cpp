// When a ping is missed, and what pings say.
#include "core/rules/heartbeat.h"

#include <gtest/gtest.h>

#include "core/rules/cron.h"
#include "tests/support/builders.h"

namespace allclear {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::make_check;
using test::wall_s;

Check hourly() {
  HeartbeatTarget target;
  target.grace = minutes(5);
  Check check = make_check("backup", "backup", target);
  check.interval = hours(1);
  return check;
}

// At three in the morning in a zone whose clocks go forward an hour at 2026-03-29 01:00 UTC.
Check nightly() {
  auto zone = std::make_shared<ZoneRules>();
  zone->first_offset = hours(1);
  zone->changes = {{std::chrono::sys_days(std::chrono::year(2026) / 3 / 29) + hours(1), hours(2)}};
  auto cron = std::make_shared<CronTimes>();
  cron->schedule = parse_cron("0 3 * * *").value();
  cron->zone = zone;
  HeartbeatTarget target;
  target.grace = minutes(30);
  target.cron = cron;
  return make_check("backup", "backup", target);
}

CheckState heard(WallTime at) {
  CheckState state;
  state.last_at = at;
  state.last_reason = Reason::ok;
  return state;
}

TEST(Heartbeat, NothingIsExpectedBeforeTheFirstPing) { EXPECT_FALSE(heartbeat_deadline(hourly(), CheckState{})); }

TEST(Heartbeat, WhatWasNoPingIsNone) {
  for (const Reason reason : {Reason::no_data, Reason::unsupported}) {
    CheckState state = heard(wall_s(100));
    state.last_reason = reason;
    EXPECT_FALSE(heartbeat_deadline(hourly(), state));
  }
}

TEST(Heartbeat, ThePeriodAndTheGraceCountFromTheLastPing) {
  EXPECT_EQ(heartbeat_deadline(hourly(), heard(wall_s(100))), wall_s(100 + 3600 + 300));
}

TEST(Heartbeat, R9_WhatWasHeardAheadCountsFromNowAtLatest) {
  const WallTime now = wall_s(100);
  CheckState state = heard(wall_s(160));
  EXPECT_TRUE(heard_ahead(state, now));
  EXPECT_EQ(heartbeat_deadline_at_latest(hourly(), state, now), wall_s(100 + 3600 + 300));
  state.started_at = wall_s(170);
  EXPECT_EQ(heartbeat_deadline_at_latest(hourly(), state, now), wall_s(100 + 300));
  const auto night = heartbeat_deadline(nightly(), heard(now));
  EXPECT_EQ(heartbeat_deadline_at_latest(nightly(), heard(now + hours(24 * 3650)), now), night);
  EXPECT_FALSE(heard_ahead(heard(now), now));
  EXPECT_EQ(heartbeat_deadline_at_latest(hourly(), heard(wall_s(40)), now), wall_s(40 + 3600 + 300));
}

TEST(Heartbeat, WhatIsExpectedIsTheSameByPeriodGraceAndTimes) {
  EXPECT_TRUE(expects_the_same(hourly(), hourly()));
  EXPECT_TRUE(expects_the_same(nightly(), nightly())) << "read again";
  EXPECT_FALSE(expects_the_same(hourly(), nightly()));
  EXPECT_FALSE(expects_the_same(hourly(), make_check("backup", "backup")));
  Check other = hourly();
  other.interval = hours(2);
  EXPECT_FALSE(expects_the_same(hourly(), other));
  other = hourly();
  std::get<HeartbeatTarget>(other.target).grace = minutes(6);
  EXPECT_FALSE(expects_the_same(hourly(), other));
  other = nightly();
  auto later = std::make_shared<CronTimes>(*std::get<HeartbeatTarget>(other.target).cron);
  later->schedule = parse_cron("0 4 * * *").value();
  std::get<HeartbeatTarget>(other.target).cron = later;
  EXPECT_FALSE(expects_the_same(nightly(), other));
}

TEST(Heartbeat, ARunHasToEndWithinTheGrace) {
  CheckState state = heard(wall_s(0));
  state.started_at = wall_s(600);
  EXPECT_EQ(heartbeat_deadline(hourly(), state), wall_s(600 + 300));
  state.started_at = wall_s(4000);  // it began late: the period counts
  EXPECT_EQ(heartbeat_deadline(hourly(), state), wall_s(3600 + 300));
  CheckState first;
  first.started_at = wall_s(600);
  EXPECT_EQ(heartbeat_deadline(hourly(), first), wall_s(600 + 300));
}

TEST(Heartbeat, R10_ACronScheduleGoesByTheClocksOfItsZone) {
  const auto utc = [](unsigned day, int hour, int minute) {
    return WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / std::chrono::day(day)) + hours(hour) +
                    minutes(minute));
  };
  EXPECT_EQ(heartbeat_deadline(nightly(), heard(utc(27, 2, 1))), utc(28, 2, 30));
  EXPECT_EQ(heartbeat_deadline(nightly(), heard(utc(28, 2, 1))), utc(29, 1, 30));  // the clocks went forward
}

TEST(Heartbeat, ASuccessIsUpAndAFailIsDownWithWhatTheJobSaid) {
  const Ping success{ServiceId("backup"), PingKind::success, 0, {}, "1 GB"};
  const CheckResult up = judge_ping(heard(wall_s(0)), success, true, wall_s(9));
  EXPECT_EQ(up.verdict, Verdict::up);
  EXPECT_EQ(up.reason, Reason::ok);
  EXPECT_EQ(up.at, wall_s(9));
  EXPECT_EQ(up.latency, microseconds(0));
  const Ping fail{ServiceId("backup"), PingKind::fail, 3, {}, "disk\nfull"};
  const CheckResult down = judge_ping(heard(wall_s(0)), fail, true, wall_s(9));
  EXPECT_EQ(down.verdict, Verdict::down);
  EXPECT_EQ(down.reason, Reason::unexpected_status);
  EXPECT_EQ(down.status_code, 3);
  EXPECT_EQ(down.detail, "the job ended with exit code 3: disk full");
}

TEST(Heartbeat, AFailSaysWhatIsKnownOfIt) {
  const auto words = [](int exit_code, const std::string& said) {
    return judge_ping(heard(wall_s(0)), {ServiceId("backup"), PingKind::fail, exit_code, {}, said}, false, wall_s(9))
        .detail;
  };
  EXPECT_EQ(words(0, ""), "the job reported a failure");
  EXPECT_EQ(words(0, "no disk"), "the job reported a failure: no disk");
  EXPECT_EQ(words(2, ""), "the job ended with exit code 2");
  EXPECT_EQ(words(2, "no disk"), "the job ended with exit code 2: no disk");
}

TEST(Heartbeat, TheLatencyIsHowLongTheRunTook) {
  CheckState state = heard(wall_s(0));
  state.started_at = wall_s(10);
  const Ping success{ServiceId("backup"), PingKind::success, 0, {}, {}};
  EXPECT_EQ(judge_ping(state, success, true, wall_s(40)).latency, seconds(30));
  EXPECT_EQ(judge_ping(state, success, false, wall_s(40)).latency, seconds(0));  // another run
  EXPECT_EQ(judge_ping(state, success, true, wall_s(10 + 3600)).latency, seconds(0));
  EXPECT_EQ(judge_ping(state, success, true, wall_s(5)).latency, seconds(0));  // the clock was set back
}

TEST(Heartbeat, AMissedPingSaysWhatWasExpected) {
  const CheckResult missed = judge_missed(hourly(), heard(wall_s(0)), wall_s(3900));
  EXPECT_EQ(missed.verdict, Verdict::down);
  EXPECT_EQ(missed.reason, Reason::missed);
  EXPECT_EQ(missed.detail, "no ping came: expected at 2026-01-01T01:00:00Z, 5m of grace");
  CheckState running = heard(wall_s(0));
  running.started_at = wall_s(60);
  EXPECT_EQ(judge_missed(hourly(), running, wall_s(360)).detail,
            "the run that began at 2026-01-01T00:01:00Z did not end within 5m");
  EXPECT_EQ(judge_missed(hourly(), heard(wall_s(9000)), wall_s(0)).detail,
            "no ping came in time (the clock was set back meanwhile)");
}

}  // namespace
}  // namespace allclear
