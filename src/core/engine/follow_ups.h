// FollowUps: when open incidents want another look because time passed (reminders, escalation). Deadlines are stored in
// the incidents as wall time and kept here on the monotonic clock, so that a set clock moves none (R9). One thread.
#pragma once

#include <cstddef>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace allclear {

class FollowUps {
 public:
  struct Due {
    std::size_t row = 0;
    WallTime at;  // what it was planned for, or now when that is later
  };

  // Never later than `longest` from now, nor than was planned for the same time before: the wall clock may have been set
  // back since.
  void plan(std::size_t row, WallTime at, milliseconds longest, const Instant& now);
  void cancel(std::size_t row);
  void clear();
  std::vector<Due> take_due(const Instant& now);
  MonotonicTime next() const;  // max(): none

  // The row's incident changed in this turn: its deadline is to be planned afresh.
  void touch(std::size_t row) { touched_.push_back(row); }
  std::vector<std::size_t> take_touched();

 private:
  struct Deadline {
    MonotonicTime at;
    WallTime wall;
  };

  std::set<std::pair<MonotonicTime, std::size_t>> order_;
  std::unordered_map<std::size_t, Deadline> by_row_;
  std::vector<std::size_t> touched_;
};

}  // namespace allclear
