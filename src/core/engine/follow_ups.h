// FollowUps: when open incidents want another look because time passed (reminders, escalation). Deadlines are stored in
// the incidents as wall time and kept here on the monotonic clock, so that a set clock moves none (R9). One thread.
#pragma once

#include <cstddef>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "core/rules/routing.h"

namespace allclear {

class FollowUps {
 public:
  struct Due {
    std::size_t row = 0;
    std::vector<NextWord> words;
  };

  // No word later than its `longest` from now, nor than was planned for the same one before: the wall clock may have been
  // set back since.
  void plan(std::size_t row, const std::vector<NextWord>& words, const Instant& now);
  void cancel(std::size_t row);
  void clear();
  // Their rows are to be planned afresh.
  std::vector<Due> take_due(const Instant& now);
  MonotonicTime next() const;  // max(): none

  // The row's incident changed in this turn: its deadlines are to be planned afresh.
  void touch(std::size_t row) { touched_.push_back(row); }
  std::vector<std::size_t> take_touched();

 private:
  struct Wait {
    ChannelId channel;
    WallTime at;
    MonotonicTime until;
  };
  static MonotonicTime earliest(const std::vector<Wait>& waits);

  std::set<std::pair<MonotonicTime, std::size_t>> order_;  // by the earliest of each row
  std::unordered_map<std::size_t, std::vector<Wait>> by_row_;
  std::vector<std::size_t> touched_;
};

}  // namespace allclear
