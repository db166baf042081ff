#include "core/rules/maintenance.h"

#include <algorithm>

#include "base/hash.h"
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

std::shared_ptr<const Maintenance> plan_window(std::string title, std::vector<ServiceId> services,
                                               const MaintenanceWindow& window, std::string planned_by, WallTime now,
                                               const std::string& key) {
  static const auto utc = std::make_shared<const ZoneRules>();
  auto plan = std::make_shared<Maintenance>();
  const std::string hash = key.empty() ? stable_key({title, services.front().value(), format_rfc3339(window.starts_at),
                                                     format_rfc3339(window.ends_at), format_rfc3339(now)})
                                       : stable_key({"requested", planned_by, key});
  plan->id = MaintenanceId("m-" + hash.substr(0, 12));
  plan->title = std::move(title);
  plan->services = std::move(services);
  plan->zone = utc;
  const auto start = std::chrono::floor<seconds>(window.starts_at);
  plan->start = LocalTime(start.time_since_epoch());
  plan->lasts = std::chrono::ceil<seconds>(window.ends_at) - start;
  plan->planned_by = std::move(planned_by);
  return plan;
}

}  // namespace allclear
