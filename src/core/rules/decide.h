// decide: one result against the confirmed state (Envoy's three-value transition). Pure.
#pragma once

#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/check_state.h"

namespace allclear {

// A worse state needs confirm.down results in a row that are at least that bad (down + degraded confirms degraded);
// a better one confirm.up results in a row at most that bad. `since` is back-dated to the streak's first result.
// Unknown results neither break nor feed those streaks; confirm.down of them in a row confirm unknown.
// From unknown (also at first) toward up: confirm.up; toward degraded or down: confirm.down.
// A result older than the last one is ignored (unchanged).
CheckStep decide(const ConfirmPolicy& policy, const CheckState& state, const CheckResult& result);

// A streak is open: more results decide whether the verdict moves. Also right after a change (down on the way to
// degraded, or back), and in a state that was loaded.
bool pending(const CheckState& state);

// Everything but the last result and the version is equal: nothing to store.
bool same_row(const CheckState& left, const CheckState& right);

}  // namespace allclear
