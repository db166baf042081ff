// Dependencies: which services wait for which, and until when a failing one is held back. Rows are those of the roster.
// One thread.
#pragma once

#include <cstddef>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "core/engine/roster.h"

namespace allclear {

class Dependencies {
 public:
  Dependencies() = default;
  explicit Dependencies(const Roster& roster);

  const std::vector<std::size_t>& parents(std::size_t row) const;
  const std::vector<std::size_t>& children(std::size_t row) const;
  // Services that have parents.
  std::vector<std::size_t> dependent_rows() const;

  // Held back until the parents are known to be well or the time has come; max(): as long as a parent is down.
  void hold(std::size_t row, MonotonicTime until);
  void let_go(std::size_t row);
  // MonotonicTime::min(): not held.
  MonotonicTime held_until(std::size_t row) const;
  std::vector<std::size_t> held_rows() const;
  std::vector<std::size_t> due(MonotonicTime now) const;
  MonotonicTime next() const { return order_.empty() ? MonotonicTime::max() : order_.begin()->first; }  // max(): none

 private:
  using Links = std::unordered_map<std::size_t, std::vector<std::size_t>>;

  Links parents_, children_;
  std::unordered_map<std::size_t, MonotonicTime> held_;
  std::set<std::pair<MonotonicTime, std::size_t>> order_;  // of those that wait for a time
};

}  // namespace allclear
