// Deadline: one end time over a whole check; when it passes, whatever the check waits for is interrupted. While the loop's
// thread is stopped (SIGSTOP, a paused machine, no processor for us) no deadline runs: that time is not the target's. While
// it computes for long itself, deadlines are put off, too, but by no more than a check's own time in all.
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

  // What the loop noticed while a deadline ran: standstills of shortest_standstill or more, but for up to a pulse of each.
  struct Standstills {
    nanoseconds stopped{0};       // in all: the thread did not run
    nanoseconds busy{0};          // in all: it ran, and had no time for the loop
    MonotonicTime last_long_end;  // of the last stop of long_stop or more
    nanoseconds last_long{0};
  };
  const Standstills& standstills();
  static constexpr milliseconds pulse{50};
  static constexpr milliseconds shortest_standstill{200};
  static constexpr milliseconds long_stop{1'000};

 private:
  friend class Deadline;
  struct Alarm;
  using Pending = std::multimap<MonotonicTime, Deadline*>;

  Pending::iterator add(MonotonicTime at, Deadline& deadline);
  void remove(Pending::iterator entry);
  void arm(MonotonicTime now);
  void notice(MonotonicTime now);
  void expire();

  bool put_off(Deadline& deadline);

  Pending pending_;  // by the time that passes while the thread is not stopped
  Standstills standstills_;
  nanoseconds ran_{0};            // the thread, until the alarm was armed
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
  // by the clock: it knows of standstills. Whoever reads much without waiting gives the loop its turns, or is never interrupted.
  bool passed() const { return passed_; }

 private:
  friend class Deadlines;
  friend class InterruptScope;

  Deadlines& all_;
  Interruptible* waiting_ = nullptr;
  bool passed_ = false;
  nanoseconds longest_put_off_{0};
  nanoseconds put_off_{0};  // of what was busy since
  nanoseconds busy_before_{0};
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
