#include "core/rules/maintenance.h"

#include <algorithm>

#include "core/rules/cron.h"
#include "core/rules/local_time.h"

namespace allclear {

std::optional<MaintenanceWindow> window_at_or_after(const Maintenance& maintenance, WallTime now) {
  const WallTime start = to_wall(*maintenance.zone, maintenance.start);
  const WallTime over = now - maintenance.lasts;  // what began then or before has ended
  std::optional<WallTime> begins = start;
  if (const auto* cron = std::get_if<CronSchedule>(&maintenance.repeats)) {
    begins = next_match(*cron, *maintenance.zone, std::max(over, start - milliseconds(1)));
  } else if (const auto* period = std::get_if<milliseconds>(&maintenance.repeats); period != nullptr && over >= start) {
    begins = start + ((over - start) / *period + 1) * *period;
  }
  if (!begins || *begins + maintenance.lasts <= now) return std::nullopt;
  if (maintenance.until && *begins > to_wall(*maintenance.zone, *maintenance.until)) return std::nullopt;
  return MaintenanceWindow{*begins, *begins + maintenance.lasts};
}

}  // namespace allclear
