// Calendar: which services are under maintenance now, and when that changes. Rows are those of the roster. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "core/engine/roster.h"
#include "core/model/calendar.h"

namespace allclear {

class Calendar {
 public:
  // Reads the wall clock again, and tells the roster. Returns the rows where it changed.
  std::vector<std::size_t> look(Roster& roster, const Instant& now);
  // Others from now on; look() has to follow.
  void set(std::vector<std::shared_ptr<const Maintenance>> maintenances, const Roster& roster);

  const std::vector<std::shared_ptr<const Maintenance>>& maintenances() const { return maintenances_; }
  // A window begins or ends, or the wall clock was set.
  bool due(const Instant& now) const;
  // When to look again; max(): never. At least once a minute while a window is ahead: clocks do not run alike.
  MonotonicTime next() const { return next_; }

 private:
  struct Entry {
    std::vector<std::size_t> rows;
    std::optional<MaintenanceWindow> window;  // under way, or the next
  };

  std::vector<std::shared_ptr<const Maintenance>> maintenances_;
  std::vector<Entry> entries_;  // of maintenances_, in their order
  std::optional<Instant> looked_at_;
  MonotonicTime next_ = MonotonicTime::max();
};

}  // namespace allclear
