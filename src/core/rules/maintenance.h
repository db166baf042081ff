// maintenance: when work that was announced beforehand goes on. Pure.
#pragma once

#include <optional>

#include "core/model/calendar.h"

namespace allclear {

// The window that `now` lies in, or else the next; none: it is over for good.
std::optional<MaintenanceWindow> window_at_or_after(const Maintenance& maintenance, WallTime now);

inline bool under_way(const MaintenanceWindow& window, WallTime now) {
  return window.starts_at <= now && now < window.ends_at;
}

// Of PlanMaintenance; its id follows from all of it, or from the request's key alone when it has one.
std::shared_ptr<const Maintenance> plan_window(std::string title, std::vector<ServiceId> services,
                                               const MaintenanceWindow& window, std::string planned_by, WallTime now,
                                               const std::string& key = {});

}  // namespace allclear
