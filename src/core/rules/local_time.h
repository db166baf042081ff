// Between UTC and the clocks of a zone. Pure.
#pragma once

#include <optional>

#include "core/model/calendar.h"

namespace allclear {

LocalTime to_local(const ZoneRules& zone, WallTime at);

// A time that the clocks skip is taken by the offset before the change (02:30 is then 03:30), of a time that they show
// twice this is the first: as RFC 5545, 3.3.5.
WallTime to_wall(const ZoneRules& zone, LocalTime local);

// The second of a time that the clocks show twice.
std::optional<WallTime> to_wall_again(const ZoneRules& zone, LocalTime local);

}  // namespace allclear
