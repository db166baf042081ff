// Deadline: one end time over a whole check; when it passes, whatever the check waits for is interrupted.
// Deadlines keeps all of one loop under a single timer. Both are used on that loop only.
#pragma once

#include <map>
#include <memory>

#include "base/time.h"
#include "net/fault.h"
#include "net/task.h"

namespace allclear::net {

// What can be made to stop waiting: its pending operation then ends with operation_aborted.
class Interruptible {
 public:
  virtual void interrupt() = 0;

 protected:
  ~Interruptible() = default;
};

class Deadline;

class Deadlines {
 public:
  explicit Deadlines(boost::asio::io_context& loop);
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

 private:
  friend class Deadline;
  struct Alarm;
  using Pending = std::multimap<MonotonicTime, Deadline*>;

  Pending::iterator add(MonotonicTime at, Deadline& deadline);
  void remove(Pending::iterator entry);
  void arm(MonotonicTime at);
  void expire();

  Pending pending_;
  std::shared_ptr<Alarm> alarm_;  // shared with the timer's handler, which may outlive this
};

class Deadline {
 public:
  Deadline(Deadlines& all, MonotonicTime at);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  MonotonicTime at() const { return at_; }
  // Asked before each wait: an interruption that comes between two waits has nothing to interrupt. By the loop's timer, not
  // by the clock: when this process stood still, what came in time meanwhile is read first. Whoever reads much without
  // waiting gives the loop its turns, or is never interrupted.
  bool passed() const { return passed_; }

 private:
  friend class Deadlines;
  friend class InterruptScope;

  Deadlines& all_;
  MonotonicTime at_;
  Deadlines::Pending::iterator entry_;
  Interruptible* waiting_ = nullptr;
  bool passed_ = false;
};

// While alive, the deadline interrupts `what`.
class InterruptScope {
 public:
  InterruptScope(Deadline& deadline, Interruptible& what) : deadline_(deadline), before_(deadline.waiting_) {
    deadline.waiting_ = &what;
  }
  ~InterruptScope() { deadline_.waiting_ = before_; }
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  Deadline& deadline_;
  Interruptible* before_;
};

}  // namespace allclear::net
