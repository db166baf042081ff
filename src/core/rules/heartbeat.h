// heartbeat: until when a ping has to come, and what one that came (or did not) says. Pure.
#pragma once

#include <optional>

#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/check_state.h"
#include "core/model/operation.h"

namespace allclear {

// When the next ping is too late: grace after it was expected, or after the start of a run that has not ended. None:
// nothing was heard yet, so nothing is expected. The check's target is a HeartbeatTarget.
std::optional<WallTime> heartbeat_deadline(const Check& check, const CheckState& state);

// What was heard bears a time that is yet to come: the clock was ahead then and was set back since.
bool heard_ahead(const CheckState& state, WallTime now);
// What was heard ahead counts as heard now, since who was away cannot know how long ago it was.
std::optional<WallTime> heartbeat_deadline_at_latest(const Check& check, CheckState state, WallTime now);

// Both wait for pings, at the same times and as long.
bool expects_the_same(const Check& left, const Check& right);

// Of a success or a fail. `same_run`: it ends the run that state.started_at tells of; then the latency is how long that
// took, up to an hour (what took longer is no latency: 0).
CheckResult judge_ping(const CheckState& state, const Ping& ping, bool same_run, WallTime now);

// Of the deadline that went by.
CheckResult judge_missed(const Check& check, const CheckState& state, WallTime now);

}  // namespace allclear
