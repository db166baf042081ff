// Things that stop, that come too early or too often: the watchers must say so.
#include "tests/sim/watchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear::sim::watchers_test {
namespace {

using std::chrono::minutes;
using test::wall_s;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class WatchersTest : public testing::Test {
 protected:
  void expect_complaint(const char* words) { EXPECT_THAT(findings_.all(), Contains(HasSubstr(words))); }
  static Service job() {
    HeartbeatTarget target;
    target.grace = seconds(10);
    Check check = test::make_check("job", "job", target);
    check.interval = seconds(60);
    return test::make_service("job", {check});
  }
  static CheckResult missed() {
    CheckResult result = test::make_result(Verdict::down, wall_s(0));
    result.reason = Reason::missed;
    return result;
  }

  Findings findings_;
};

TEST_F(WatchersTest, SeeACheckThatStopped) {
  ProgressWatcher watcher(findings_);
  const auto catalogue = test::make_catalogue({test::make_service("shop"), job()});
  watcher.expect(*catalogue, seconds(0));
  watcher.started({ServiceId("shop"), CheckId("shop")}, minutes(5));
  watcher.look(minutes(10));
  EXPECT_THAT(findings_.all(), IsEmpty());
  watcher.look(minutes(11));
  expect_complaint("shop/shop was not checked for 360 s");
}

TEST_F(WatchersTest, SeeAJobThatIsMissedTooEarly) {
  JobWatcher watcher(findings_);
  watcher.expect(job());
  watcher.pinged(ServiceId("job"), PingKind::success, seconds(100));
  watcher.judged(ServiceId("job"), missed(), JobWatcher::When::now, seconds(170));
  EXPECT_THAT(findings_.all(), IsEmpty());
  watcher.pinged(ServiceId("job"), PingKind::success, seconds(200));
  watcher.judged(ServiceId("job"), missed(), JobWatcher::When::now, seconds(269));
  expect_complaint("missed although it pinged in time");
}

TEST_F(WatchersTest, SeeAJobWhoseRunIsMissedTooEarly) {
  JobWatcher watcher(findings_);
  watcher.expect(job());
  watcher.pinged(ServiceId("job"), PingKind::success, seconds(100));
  watcher.pinged(ServiceId("job"), PingKind::start, seconds(120));
  watcher.judged(ServiceId("job"), missed(), JobWatcher::When::now, seconds(129));
  expect_complaint("missed although it pinged in time");
}

TEST_F(WatchersTest, SeeAJobThatStaysAwayUnnoticed) {
  JobWatcher watcher(findings_);
  watcher.expect(job());
  watcher.pinged(ServiceId("job"), PingKind::success, seconds(100));
  watcher.look(ServiceId("job"), Verdict::up, seconds(190));
  watcher.look(ServiceId("job"), Verdict::down, seconds(191));
  EXPECT_THAT(findings_.all(), IsEmpty());
  watcher.look(ServiceId("job"), Verdict::up, seconds(191));
  expect_complaint("up although no ping came");
}

TEST_F(WatchersTest, ASleepGivesAJobItsGraceAgain) {
  JobWatcher watcher(findings_);
  watcher.expect(job());
  watcher.pinged(ServiceId("job"), PingKind::success, seconds(100));
  watcher.slept(seconds(110));
  watcher.judged(ServiceId("job"), missed(), JobWatcher::When::now, seconds(120));
  EXPECT_THAT(findings_.all(), IsEmpty());
  watcher.pinged(ServiceId("job"), PingKind::success, seconds(200));
  watcher.slept(seconds(210));
  watcher.judged(ServiceId("job"), missed(), JobWatcher::When::now, seconds(219));
  expect_complaint("missed although it pinged in time");
}

TEST_F(WatchersTest, SeeAMessagePerServiceInAStorm) {
  GroupingPolicy policy;
  policy.threshold = 2;
  policy.within = seconds(30);
  StormWatcher watcher(policy, findings_);
  const auto tell = [&](int number, milliseconds at) {
    Decision decision;
    decision.service = ServiceId("shop");
    Alert alert;
    alert.id = AlertId(std::to_string(number));
    alert.channel = ChannelId("ops");
    alert.created_at = wall_s(number);
    decision.alerts = {alert};
    watcher.emitted(decision, at, wall_s(number));
    watcher.emitted(decision, at, wall_s(number));  // handed out again after a failed commit
  };
  tell(1, seconds(0));
  tell(2, seconds(10));
  tell(3, seconds(30));
  EXPECT_THAT(findings_.all(), IsEmpty());
  tell(4, seconds(39));
  expect_complaint("more single messages in a storm than the threshold");
}

TEST_F(WatchersTest, SeeAChannelThatWaitsForEver) {
  EscalationWatcher watcher(findings_);
  ChannelPolicies policies;
  policies[ChannelId("pager")].after = minutes(2);
  Incident incident;
  incident.id = IncidentId("one");
  incident.timeline.emplace_back();
  const auto look = [&](milliseconds at) { watcher.look(incident, {ChannelId("pager")}, policies, at); };
  look(seconds(0));
  incident.acknowledged_at = wall_s(0);
  look(minutes(5));
  incident.acknowledged_at.reset();
  watcher.begin_anew();
  look(minutes(5));
  look(minutes(7));
  EXPECT_THAT(findings_.all(), IsEmpty());
  look(minutes(8));
  expect_complaint("pager is not told although nobody takes care");
}

}  // namespace
}  // namespace allclear::sim::watchers_test
