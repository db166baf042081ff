#include "core/rules/decide.h"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::letter_of;
using test::make_result;
using test::verdict_of;
using test::wall_s;

struct Walk {
  const char* name;
  std::uint8_t down;
  std::uint8_t up;
  const char* results;    // one a second: U up, S degraded, D down, ? unknown
  const char* confirmed;  // after each result
  const char* changes;    // . unchanged, p pending, C changed
};

void PrintTo(const Walk& walk, std::ostream* out) { *out << walk.name; }

char letter_of_change(Change change) {
  switch (change) {
    case Change::unchanged: return '.';
    case Change::pending: return 'p';
    case Change::changed: return 'C';
  }
  return '!';
}

class DecideWalk : public testing::TestWithParam<Walk> {};

TEST_P(DecideWalk, ConfirmsAsTheTableSays) {
  const Walk& walk = GetParam();
  const ConfirmPolicy policy{walk.down, walk.up, milliseconds(5'000)};
  CheckState state;
  std::string confirmed;
  std::string changes;
  for (std::size_t i = 0; walk.results[i] != '\0'; ++i) {
    const CheckStep step =
        decide(policy, state, make_result(verdict_of(walk.results[i]), wall_s(static_cast<std::int64_t>(i) + 1)));
    state = step.state;
    confirmed += letter_of(state.verdict);
    changes += letter_of_change(step.change);
  }
  EXPECT_EQ(confirmed, walk.confirmed);
  EXPECT_EQ(changes, walk.changes);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecideWalk,
    testing::Values(
        Walk{"first up at once", 2, 1, "U", "U", "C"}, Walk{"first down waits", 2, 1, "DD", "?D", "pC"},
        Walk{"first degraded waits", 2, 1, "SS", "?S", "pC"}, Walk{"first up may wait too", 2, 3, "UUU", "??U", "ppC"},
        Walk{"first mixed confirms the milder", 2, 1, "DS", "?S", "pC"},
        Walk{"one failure is forgiven", 2, 1, "UDUDU", "UUUUU", "Cp.p."},
        Walk{"down after two", 2, 1, "UDD", "UUD", "CpC"}, Walk{"down after three", 3, 1, "UDDD", "UUUD", "CppC"},
        Walk{"down and degraded confirm degraded", 2, 1, "UDS", "UUS", "CpC"},
        Walk{"degraded and down confirm degraded, then down", 2, 1, "USDD", "UUSD", "CpCC"},
        Walk{"degraded gets worse", 2, 1, "SSDD", "?SSD", "pCpC"}, Walk{"recovery at once", 2, 1, "DDU", "?DU", "pCC"},
        Walk{"recovery after two", 2, 2, "DDUU", "?DDU", "pCpC"},
        Walk{"recovery interrupted", 2, 2, "DDUDUU", "?DDDDU", "pCp.pC"},
        Walk{"down eases to degraded", 2, 2, "DDSS", "?DDS", "pCpC"},
        Walk{"down eases over up and degraded", 2, 2, "DDUS", "?DDS", "pCpC"},
        Walk{"down eases, then is up with the same result", 2, 2, "DDSUU", "?DDSU", "pCpCC"},
        Walk{"degraded recovers", 2, 2, "SSUU", "?SSU", "pCpC"},
        Walk{"unknown is confirmed like a failure", 2, 1, "U??", "UU?", "CpC"},
        Walk{"one unknown changes nothing", 2, 1, "U?U?U", "UUUUU", "Cp.p."},
        Walk{"unknown between failures does not break them", 2, 1, "UD?D", "UUUD", "CppC"},
        Walk{"unknown does not feed a streak", 3, 1, "UD?D", "UUUU", "Cppp"},
        Walk{"confirmed unknown starts afresh", 2, 1, "UD??DD", "UUU??D", "CppCpC"},
        Walk{"unknown, then up", 2, 1, "U??U", "UU?U", "CpCC"},
        Walk{"down, unknown, down again", 2, 1, "DD??DD", "?DD??D", "pCpCpC"},
        Walk{"unknown from the start", 2, 1, "???", "???", "..."},
        Walk{"a policy below one counts as one", 0, 0, "UDU", "UDU", "CCC"}));

TEST(Decide, BackdatesToTheStreaksFirstResult) {
  const ConfirmPolicy policy{3, 2, milliseconds(0)};
  CheckState state;
  const char* results = "UUDDDUU";
  for (int i = 0; results[i] != '\0'; ++i)
    state = decide(policy, state, make_result(verdict_of(results[i]), wall_s(i + 1))).state;
  EXPECT_EQ(state.verdict, Verdict::up);
  EXPECT_EQ(state.since, wall_s(6));
  EXPECT_EQ(state.reason, Reason::ok);
}

TEST(Decide, TheReasonOfAStateThatLastsChangesWithTwoResultsInARow) {
  const ConfirmPolicy policy;
  CheckState state = decide(policy, {}, make_result(Verdict::up, wall_s(1))).state;
  CheckResult refused = make_result(Verdict::down, wall_s(2));
  CheckResult timeout = make_result(Verdict::down, wall_s(3));
  timeout.reason = Reason::timeout;
  state = decide(policy, state, refused).state;
  state = decide(policy, state, timeout).state;
  EXPECT_EQ(state.reason, Reason::timeout);
  refused.at = wall_s(4);
  state = decide(policy, state, refused).state;
  EXPECT_EQ(state.reason, Reason::timeout) << "a reason must not flicker while the state lasts";
  EXPECT_EQ(state.last_reason, Reason::refused);
  timeout.at = wall_s(5);
  state = decide(policy, state, timeout).state;
  refused.at = wall_s(6);
  state = decide(policy, state, refused).state;
  EXPECT_EQ(state.reason, Reason::timeout) << "not twice in a row";
  refused.at = wall_s(7);
  const CheckStep step = decide(policy, state, refused);
  EXPECT_EQ(step.state.reason, Reason::refused);
  EXPECT_EQ(step.change, Change::unchanged);
  EXPECT_EQ(step.state.since, wall_s(2));
}

TEST(Decide, ADegradedStateConfirmedByADownResultSaysWhyItIsDegraded) {
  const ConfirmPolicy policy;
  CheckState state = decide(policy, {}, make_result(Verdict::degraded, wall_s(1))).state;
  state = decide(policy, state, make_result(Verdict::down, wall_s(2))).state;
  EXPECT_EQ(state.verdict, Verdict::degraded);
  EXPECT_EQ(state.reason, Reason::slow);
}

TEST(Decide, IgnoresOlderAndEqualResults) {
  const ConfirmPolicy policy{1, 1, milliseconds(0)};
  const CheckState state = decide(policy, {}, make_result(Verdict::up, wall_s(10))).state;
  for (const int second : {9, 10}) {
    const CheckStep step = decide(policy, state, make_result(Verdict::down, wall_s(second)));
    EXPECT_EQ(step.change, Change::unchanged);
    EXPECT_EQ(step.state.verdict, Verdict::up);
    EXPECT_EQ(step.state.last_at, wall_s(10));
  }
}

TEST(Decide, AStreakFromBeforeTheClockWasSetBackIsNotDatedIntoTheFuture) {
  const ConfirmPolicy policy;
  CheckState state = decide(policy, {}, make_result(Verdict::up, wall_s(1))).state;
  state = decide(policy, state, make_result(Verdict::down, wall_s(7200))).state;
  state.last_at = wall_s(3599);  // as the engine does for its own flights
  state = decide(policy, state, make_result(Verdict::down, wall_s(3600))).state;
  EXPECT_EQ(state.verdict, Verdict::down);
  EXPECT_EQ(state.since, wall_s(3600));
}

TEST(Decide, UnknownFollowsItsReasonAndKeepsTheCertificate) {
  CheckResult up = make_result(Verdict::up, wall_s(1));
  up.certificate_expiry = wall_s(1'000);
  const ConfirmPolicy policy{1, 1, milliseconds(0)};
  CheckState state = decide(policy, {}, up).state;
  state = decide(policy, state, make_result(Verdict::unknown, wall_s(2))).state;
  EXPECT_EQ(state.reason, Reason::local_fault);
  CheckResult unsupported = make_result(Verdict::unknown, wall_s(3));
  unsupported.reason = Reason::unsupported;
  state = decide(policy, state, unsupported).state;
  EXPECT_EQ(state.reason, Reason::unsupported);
  EXPECT_EQ(state.since, wall_s(2));
  EXPECT_EQ(state.certificate_expiry, wall_s(1'000));
}

TEST(Decide, ThePhasesOfTheLastResultAreRemembered) {
  CheckResult result = make_result(Verdict::up, wall_s(1));
  result.timings.tls = microseconds(1'500);
  result.timings.transfer = std::chrono::hours(3);  // more than a check can last: as much as there is room for
  const CheckState state = decide({}, {}, result).state;
  const PhaseTimings timings = state.last_phases.timings();
  EXPECT_EQ(timings.tls, microseconds(1'500));
  EXPECT_EQ(timings.dns, std::nullopt);
  EXPECT_EQ(timings.transfer, microseconds(0xffff'fffe));
  EXPECT_TRUE(same_row(state, decide({}, {},
                                     [&] {
                                       result.timings = {};
                                       return result;
                                     }())
                                  .state));
}

TEST(Decide, TheFirstUnknownResultBeginsTheState) {
  const CheckStep step = decide({}, {}, make_result(Verdict::unknown, wall_s(4)));
  EXPECT_EQ(step.state.since, wall_s(4));
  EXPECT_EQ(step.state.reason, Reason::local_fault);
}

TEST(Decide, RemembersTheLastResultInBrief) {
  CheckResult result = make_result(Verdict::down, wall_s(1));
  result.status_code = 503;
  const CheckState state = decide({}, {}, result).state;
  EXPECT_EQ(state.last_at, result.at);
  EXPECT_EQ(state.last_verdict, Verdict::down);
  EXPECT_EQ(state.last_reason, Reason::refused);
  EXPECT_EQ(state.last_latency, microseconds(1500));
  EXPECT_EQ(state.last_status_code, 503);
}

TEST(SameRow, LooksAtEveryStoredFieldAndAtNothingElse) {
  const CheckState state;
  CheckState other;
  other.last_at = wall_s(1);
  other.last_verdict = Verdict::down;
  other.last_reason = Reason::timeout;
  other.last_latency = microseconds(1);
  other.last_status_code = 200;
  other.certificate_expiry = wall_s(2);
  other.version = 7;
  EXPECT_TRUE(same_row(state, other));
  const auto differs = [&](auto change) {
    CheckState changed;
    change(changed);
    return !same_row(state, changed);
  };
  EXPECT_TRUE(differs([](CheckState& s) { s.verdict = Verdict::up; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.reason = Reason::slow; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.since = wall_s(1); }));
  EXPECT_TRUE(differs([](CheckState& s) { s.at_least_degraded.count = 1; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.at_least_down.count = 1; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.at_most_degraded = {wall_s(1), 0, Reason::ok}; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.at_most_up.first_reason = Reason::slow; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.unknown.count = 1; }));
  EXPECT_TRUE(differs([](CheckState& s) { s.started_at = wall_s(1); }));
}

}  // namespace
}  // namespace allclear
