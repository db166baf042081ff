// Flapping: a check whose results change again and again, by Icinga's weighted formula. Pure.
#pragma once

#include "core/model/check.h"
#include "core/model/check_state.h"

namespace allclear {

// Share of changes among the last `over` results, newer ones weighing more (0.8 to 1.2 from the oldest to the newest),
// in percent of all of them.
double flap_percent(const FlapPolicy& policy, const FlapHistory& history);

// `changed`: the result's verdict differs from the one before. It flaps from above `high` on until below `low`
// and without a change for half of `over` results.
FlapHistory note_result(const FlapPolicy& policy, FlapHistory history, bool changed);

}  // namespace allclear
