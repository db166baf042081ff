#include "core/engine/follow_ups.h"

#include <algorithm>
#include <utility>

namespace allclear {

void FollowUps::plan(std::size_t row, WallTime at, milliseconds longest, const Instant& now) {
  Deadline deadline{now.monotonic + std::clamp(at - now.wall, milliseconds(0), longest), at};
  const auto known = by_row_.find(row);
  if (known != by_row_.end() && known->second.wall == at) deadline.at = std::min(deadline.at, known->second.at);
  cancel(row);
  by_row_.emplace(row, deadline);
  order_.emplace(deadline.at, row);
}

void FollowUps::cancel(std::size_t row) {
  const auto found = by_row_.find(row);
  if (found == by_row_.end()) return;
  order_.erase({found->second.at, row});
  by_row_.erase(found);
}

void FollowUps::clear() {
  order_.clear();
  by_row_.clear();
  touched_.clear();
}

std::vector<FollowUps::Due> FollowUps::take_due(const Instant& now) {
  std::vector<Due> due;
  while (!order_.empty() && order_.begin()->first <= now.monotonic) {
    const std::size_t row = order_.begin()->second;
    due.push_back({row, std::max(by_row_.at(row).wall, now.wall)});
    cancel(row);
  }
  return due;
}

MonotonicTime FollowUps::next() const { return order_.empty() ? MonotonicTime::max() : order_.begin()->first; }

std::vector<std::size_t> FollowUps::take_touched() { return std::exchange(touched_, {}); }

}  // namespace allclear
