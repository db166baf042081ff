// Deadline: one end time over a whole check; when it passes, whatever the check waits for is interrupted. While the loop
// stands still (SIGSTOP, a machine that is paused or has no processor for us, a step that computes for long), no deadline
// runs: that time is not the target's. Deadlines keeps all of one loop under a single timer. Both are used on that loop only.
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

  // How long the loop stood still so far, in all: what it noticed, which is all above shortest_standstill while a deadline
  // runs, but for up to a pulse of each.
  nanoseconds stood_still() const { return stood_still_; }
  static constexpr milliseconds pulse{50};
  static constexpr milliseconds shortest_standstill{200};

 private:
  friend class Deadline;
  struct Alarm;
  using Pending = std::multimap<MonotonicTime, Deadline*>;

  Pending::iterator add(MonotonicTime at, Deadline& deadline);
  void remove(Pending::iterator entry);
  void arm(MonotonicTime now);
  void notice(MonotonicTime now);
  void expire();

  Pending pending_;  // by the time that passes while the loop runs
  nanoseconds stood_still_{0};
  std::shared_ptr<Alarm> alarm_;  // shared with the timer's handler, which may outlive this
};

class Deadline {
 public:
  Deadline(Deadlines& all, MonotonicTime at);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // Later after each standstill.
  MonotonicTime at() const;
  // Asked before each wait: an interruption that comes between two waits has nothing to interrupt. By the loop's timer, not
  // by the clock: it knows of standstills. Whoever reads much without
  // waiting gives the loop its turns, or is never interrupted.
  bool passed() const { return passed_; }

 private:
  friend class Deadlines;
  friend class InterruptScope;

  Deadlines& all_;
  Interruptible* waiting_ = nullptr;
  bool passed_ = false;
  Deadlines::Pending::iterator entry_;  // the last: all_ looks at the rest
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
