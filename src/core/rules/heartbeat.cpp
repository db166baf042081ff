#include "core/rules/heartbeat.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/cron.h"
#include "core/rules/evidence.h"

namespace allclear {
namespace {

constexpr std::chrono::hours longest_latency{1};

const HeartbeatTarget& target_of(const Check& check) { return std::get<HeartbeatTarget>(check.target); }

std::optional<WallTime> expected_after(const Check& check, WallTime last) {
  const auto& cron = target_of(check).cron;
  return cron ? next_match(cron->schedule, *cron->zone, last) : last + check.interval;
}

// What a check of another kind found before, or is forgotten since, is no ping.
bool heard(const CheckState& state) {
  return state.last_at != WallTime{} && state.last_reason != Reason::no_data &&
         state.last_reason != Reason::unsupported;
}

std::string describe_fail(const Ping& ping) {
  const std::string what = ping.exit_code == 0 ? "the job reported a failure"
                                               : fmt::format("the job ended with exit code {}", ping.exit_code);
  return ping.detail.empty() ? what : fmt::format("{}: {}", what, ping.detail);
}

}  // namespace

std::optional<WallTime> heartbeat_deadline(const Check& check, const CheckState& state) {
  std::optional<WallTime> expected;
  if (heard(state)) expected = expected_after(check, state.last_at);
  if (state.started_at) expected = std::min(expected.value_or(*state.started_at), *state.started_at);
  if (!expected) return std::nullopt;
  return *expected + target_of(check).grace;
}

bool heard_ahead(const CheckState& state, WallTime now) {
  return state.last_at > now || (state.started_at && *state.started_at > now);
}

std::optional<WallTime> heartbeat_deadline_at_latest(const Check& check, CheckState state, WallTime now) {
  state.last_at = std::min(state.last_at, now);
  if (state.started_at) state.started_at = std::min(*state.started_at, now);
  return heartbeat_deadline(check, state);
}

bool expects_the_same(const Check& left, const Check& right) {
  const auto* one = std::get_if<HeartbeatTarget>(&left.target);
  const auto* other = std::get_if<HeartbeatTarget>(&right.target);
  if (one == nullptr || other == nullptr || one->grace != other->grace || !one->cron != !other->cron) return false;
  if (!one->cron) return left.interval == right.interval;
  return one->cron->schedule == other->cron->schedule && one->cron->zone->name == other->cron->zone->name;
}

CheckResult judge_ping(const CheckState& state, const Ping& ping, bool same_run, WallTime now) {
  CheckResult result;
  result.at = now;
  const bool failed = ping.kind == PingKind::fail;
  result.verdict = failed ? Verdict::down : Verdict::up;
  result.reason = failed ? Reason::unexpected_status : Reason::ok;
  result.status_code = failed ? ping.exit_code : 0;
  if (failed) result.detail = clip_evidence(describe_fail(ping));
  if (state.started_at && same_run) {
    const milliseconds took = now - *state.started_at;
    if (took > milliseconds(0) && took < longest_latency) result.latency = took;
  }
  return result;
}

CheckResult judge_missed(const Check& check, const CheckState& state, WallTime now) {
  CheckResult result;
  result.at = now;
  result.verdict = Verdict::down;
  result.reason = Reason::missed;
  const milliseconds grace = target_of(check).grace;
  const std::string words = format_duration(grace);
  const auto expected = heard(state) ? expected_after(check, state.last_at) : std::nullopt;
  if (expected && *expected + grace <= now)
    result.detail = fmt::format("no ping came: expected at {}, {} of grace", format_rfc3339(*expected), words);
  else if (state.started_at && *state.started_at + grace <= now)
    result.detail =
        fmt::format("the run that began at {} did not end within {}", format_rfc3339(*state.started_at), words);
  else
    result.detail = "no ping came in time (the clock was set back meanwhile)";
  return result;
}

}  // namespace allclear
