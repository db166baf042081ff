#include "core/engine/follow_ups.h"

#include <algorithm>
#include <utility>

namespace allclear {

MonotonicTime FollowUps::earliest(const std::vector<Wait>& waits) {
  MonotonicTime first = MonotonicTime::max();
  for (const Wait& wait : waits) first = std::min(first, wait.until);
  return first;
}

void FollowUps::plan(std::size_t row, const std::vector<NextWord>& words, const Instant& now) {
  std::vector<Wait> waits;
  const auto known = by_row_.find(row);
  for (const NextWord& word : words) {
    waits.push_back(
        {word.channel, word.at, now.monotonic + std::clamp(word.at - now.wall, milliseconds(0), word.longest)});
    if (known == by_row_.end()) continue;
    for (const Wait& before : known->second) {
      if (before.channel == word.channel && before.at == word.at)
        waits.back().until = std::min(waits.back().until, before.until);
    }
  }
  cancel(row);
  if (waits.empty()) return;
  order_.emplace(earliest(waits), row);
  by_row_.emplace(row, std::move(waits));
}

void FollowUps::cancel(std::size_t row) {
  const auto found = by_row_.find(row);
  if (found == by_row_.end()) return;
  order_.erase({earliest(found->second), row});
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
    Due& one = due.emplace_back();
    one.row = order_.begin()->second;
    order_.erase(order_.begin());
    std::vector<Wait>& waits = by_row_.at(one.row);
    for (const Wait& wait : waits) {
      if (wait.until <= now.monotonic) one.words.push_back({wait.channel, wait.at});
    }
    std::erase_if(waits, [&](const Wait& wait) { return wait.until <= now.monotonic; });
    const MonotonicTime next = earliest(waits);
    if (waits.empty())
      by_row_.erase(one.row);
    else
      order_.emplace(next, one.row);
  }
  return due;
}

MonotonicTime FollowUps::next() const { return order_.empty() ? MonotonicTime::max() : order_.begin()->first; }

std::vector<std::size_t> FollowUps::take_touched() { return std::exchange(touched_, {}); }

}  // namespace allclear
