// The bars of a service's days: one SVG path per state, severity shown by height and shape, and the same in words. Pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/api/public_view.h"
#include "adapters/api/words.h"

namespace allclear::api {

// <svg role="img"> with a summary in words, around it what the script needs to walk the days.
std::string day_bars(const Words& words, const std::vector<DayView>& days);
// "<details>" with a table of the days on which something happened; empty when there was none.
std::string event_days(const Words& words, const std::vector<DayView>& days);

}  // namespace allclear::api
