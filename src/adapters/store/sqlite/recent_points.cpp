#include "adapters/store/sqlite/recent_points.h"

#include <algorithm>

#include "adapters/store/sqlite/schema.h"

namespace allclear::store {

void RecentPoints::append(std::int64_t check, std::int64_t row, const CheckResult& result) {
  const std::int64_t hour = hour_number(result.at);
  const std::lock_guard lock(mutex_);
  newest_row_ = row;
  std::vector<Hour>& hours = checks_[check];
  auto place = std::find_if(hours.begin(), hours.end(),
                            [&](const Hour& other) { return other.hour == hour && !other.chunk.full(); });
  if (place == hours.end()) place = hours.insert(hours.end(), Hour{hour, row, row, {}});
  place->last_row = row;
  place->chunk.append(result);
}

void RecentPoints::note_newest(std::int64_t row) {
  const std::lock_guard lock(mutex_);
  newest_row_ = std::max(newest_row_.value_or(row), row);
}

RecentCopy RecentPoints::copy(std::span<const std::int64_t> checks) const {
  RecentCopy found;
  const std::lock_guard lock(mutex_);
  found.newest_row = newest_row_;
  for (const std::int64_t check : checks) {
    const auto hours = checks_.find(check);
    if (hours == checks_.end()) continue;
    for (const Hour& hour : hours->second) {
      found.hours.push_back({check, hour.hour, hour.first_row, hour.last_row, hour.chunk.bytes()});
    }
  }
  return found;
}

std::vector<RecentHour> RecentPoints::ready(std::int64_t first, std::int64_t last, std::size_t most) const {
  std::vector<RecentHour> found;
  const std::lock_guard lock(mutex_);
  for (const auto& [check, hours] : checks_) {
    for (const Hour& hour : hours) {
      if (found.size() == most) return found;
      if (hour.hour >= first && hour.hour <= last && !hour.chunk.full()) continue;
      found.push_back({check, hour.hour, hour.first_row, hour.last_row, hour.chunk.bytes()});
    }
  }
  return found;
}

void RecentPoints::forget(const RecentHour& packed) {
  const std::lock_guard lock(mutex_);
  const auto hours = checks_.find(packed.check);
  if (hours == checks_.end()) return;
  std::erase_if(hours->second, [&](const Hour& hour) { return hour.first_row == packed.first_row; });
  if (hours->second.empty()) checks_.erase(hours);
}

std::optional<std::int64_t> RecentPoints::oldest_row() const {
  std::optional<std::int64_t> oldest;
  const std::lock_guard lock(mutex_);
  for (const auto& [check, hours] : checks_) {
    for (const Hour& hour : hours) oldest = std::min(oldest.value_or(hour.first_row), hour.first_row);
  }
  return oldest;
}

}  // namespace allclear::store
