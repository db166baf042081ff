// cron: the five fields of crontab(5), and when they match next. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "core/model/calendar.h"

namespace allclear {

// "minute hour day-of-month month day-of-week": numbers, names (jan, mon), lists, ranges, steps; Sunday is 0 or 7.
// Also @hourly, @daily (@midnight), @weekly, @monthly, @yearly (@annually). The error names the field.
Result<CronSchedule> parse_cron(std::string_view text);

// The first match later than `after`; none: no such day in the next 8 years (30 February). Times that the clocks skip
// match a change later; of those that they show twice, every hour's schedule takes both, the others the first.
std::optional<WallTime> next_match(const CronSchedule& schedule, const ZoneRules& zone, WallTime after);

}  // namespace allclear
