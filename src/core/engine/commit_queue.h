// CommitQueue: decisions on their way to being durable, in order; nothing is lost while the store refuses. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "core/engine/command.h"

namespace allclear {

using ServiceSet = std::unordered_set<ServiceId>;

class CommitQueue {
 public:
  // Beyond this many quiet decisions waiting, the oldest quiet ones (a result, nothing else) are given up.
  static constexpr std::size_t quiet_limit = 100'000;

  void push(Decision decision);
  // One Commit with all that is ready, unless a failure has to be waited out.
  void flush(MonotonicTime now, Commands& commands);
  void committed(std::uint64_t seq);
  // All that was handed out comes back, before anything newer. False: an echo of a failure that is known already.
  bool failed(std::uint64_t seq);
  // After failed(): these services' decisions leave the queue, in order, but for those that no version stands for.
  std::vector<Decision> take(const ServiceSet& services);
  // After failed(): the decision that this incident ended leaves the queue. False: it is not there.
  bool withdraw_end(const IncidentId& incident);
  // 1 s, doubled with every failure in a row up to 30 s.
  void back_off(MonotonicTime now);

  // All that is not known to be durable, in order.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Batch& batch : outstanding_) std::for_each(batch.decisions.begin(), batch.decisions.end(), visit);
    std::for_each(ready_.begin(), ready_.end(), visit);
  }

  // The number of the commit that holds, or will hold, what was pushed last; a failure renumbers.
  std::uint64_t newest_seq() const { return ready_.empty() ? next_seq_ - 1 : next_seq_; }
  int failures_in_a_row() const { return failures_; }
  // MonotonicTime::max(): nothing waits.
  MonotonicTime retry_at() const;
  std::size_t size() const { return ready_.size() + outstanding_decisions_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Batch {
    std::uint64_t seq = 0;
    std::vector<Decision> decisions;
  };

  void drop_oldest_quiet();

  std::deque<Decision> ready_;
  std::size_t ready_quiet_ = 0;
  std::deque<Batch> outstanding_;
  std::size_t outstanding_decisions_ = 0;
  std::uint64_t next_seq_ = 1;
  std::uint64_t dropped_ = 0;
  MonotonicTime not_before_ = MonotonicTime::min();
  int failures_ = 0;
  bool resumes_ = false;
};

}  // namespace allclear
