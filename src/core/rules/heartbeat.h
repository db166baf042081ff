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

// Of a success or a fail. `same_run`: it ends the run that state.started_at tells of; then the latency is how long that
// took, up to an hour (what took longer is no latency: 0).
CheckResult judge_ping(const CheckState& state, const Ping& ping, bool same_run, WallTime now);

// Of the deadline that went by.
CheckResult judge_missed(const Check& check, const CheckState& state, WallTime now);

}  // namespace allclear
