#include "core/engine/calendar.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/rules/maintenance.h"

namespace allclear {
namespace {

constexpr auto longest_sleep = std::chrono::minutes(1);
constexpr auto set_clock = seconds(1);

}  // namespace

void Calendar::set(std::vector<std::shared_ptr<const Maintenance>> maintenances, const Roster& roster) {
  maintenances_ = std::move(maintenances);
  entries_.clear();
  std::unordered_map<ServiceId, std::size_t> rows;
  for (std::size_t row = 0; !maintenances_.empty() && row < roster.row_count(); ++row)
    rows.emplace(roster.service(row).service->id, row);
  for (const auto& maintenance : maintenances_) {
    Entry& entry = entries_.emplace_back();
    for (const ServiceId& service : maintenance->services) {
      if (const auto found = rows.find(service); found != rows.end()) entry.rows.push_back(found->second);
    }
  }
  looked_at_.reset();
}

bool Calendar::due(const Instant& now) const {
  if (entries_.empty() || !looked_at_) return false;
  if (next_ <= now.monotonic) return true;
  const nanoseconds drift = (now.wall - looked_at_->wall) - (now.monotonic - looked_at_->monotonic);
  return drift > set_clock || drift < -set_clock;
}

std::vector<std::size_t> Calendar::look(Roster& roster, const Instant& now) {
  const bool afresh = !looked_at_ || now.wall < looked_at_->wall;
  looked_at_ = now;
  next_ = MonotonicTime::max();
  std::vector<bool> inside(roster.row_count(), false);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (afresh || (entry.window && entry.window->ends_at <= now.wall))
      entry.window = window_at_or_after(*maintenances_[i], now.wall);
    if (!entry.window) continue;
    const bool goes_on = under_way(*entry.window, now.wall);
    const milliseconds ahead = (goes_on ? entry.window->ends_at : entry.window->starts_at) - now.wall;
    next_ = std::min(next_, now.monotonic + std::min<milliseconds>(ahead, longest_sleep));
    if (!goes_on) continue;
    for (const std::size_t row : entry.rows) inside[row] = true;
  }
  std::vector<std::size_t> changed;
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    if (roster.row(row).maintenance == inside[row]) continue;
    roster.row(row).maintenance = inside[row];
    changed.push_back(row);
  }
  return changed;
}

}  // namespace allclear
