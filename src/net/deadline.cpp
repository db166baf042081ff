#include "net/deadline.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "net/awaiting.h"
#include "net/fault.h"

namespace allclear::net {

namespace {

// How long the calling thread ran so far.
nanoseconds time_of_thread() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace

struct Deadlines::Alarm {
  Alarm(boost::asio::io_context& loop, Deadlines& all) : timer(loop), owner(&all) {}

  Timer timer;
  Deadlines* owner;  // null once the owner is gone
  MonotonicTime armed_for = MonotonicTime::max();
};

Deadlines::Deadlines(boost::asio::io_context& loop) : alarm_(std::make_shared<Alarm>(loop, *this)) {}

Deadlines::~Deadlines() {
  alarm_->owner = nullptr;
  alarm_->timer.cancel();
}

Deadlines::Pending::iterator Deadlines::add(MonotonicTime at, Deadline& deadline) {
  const MonotonicTime now = monotonic_now();
  notice(now);  // what happened before it begins is not its own
  deadline.busy_before_ = standstills_.busy;
  deadline.longest_put_off_ = std::max(nanoseconds(at - now), nanoseconds(0));
  const auto entry = pending_.emplace(at - standstills_.stopped, &deadline);
  if (at < alarm_->armed_for) arm(now);
  return entry;
}

void Deadlines::remove(Pending::iterator entry) {
  notice(monotonic_now());
  pending_.erase(entry);
  if (!pending_.empty()) return;  // an early alarm is cheaper than setting the timer at every check
  alarm_->armed_for = MonotonicTime::max();
  alarm_->timer.cancel();  // an idle loop must be able to end
}

// For the next deadline, or sooner, so that it is known when the loop stood still.
void Deadlines::arm(MonotonicTime now) {
  const auto next =
      std::find_if(pending_.begin(), pending_.end(), [](const auto& one) { return !one.second->passed_; });
  if (next == pending_.end()) return;
  alarm_->armed_for = std::min(next->first + standstills_.stopped, now + pulse);
  ran_ = time_of_thread();
  alarm_->timer.expires_at(to_steady(alarm_->armed_for));
  alarm_->timer.async_wait([alarm = alarm_](const boost::system::error_code& error) {
    if (!error && alarm->owner != nullptr) alarm->owner->expire();
  });
}

// An alarm that is so late was late for all that was to happen since.
void Deadlines::notice(MonotonicTime now) {
  if (alarm_->armed_for == MonotonicTime::max() || now - alarm_->armed_for < shortest_standstill) return;
  const nanoseconds late = now - alarm_->armed_for;
  const nanoseconds ran = time_of_thread();
  const nanoseconds busy = std::min(late, ran - std::exchange(ran_, ran));
  const nanoseconds stopped = late - busy;
  standstills_.busy += busy;
  standstills_.stopped += stopped;
  if (stopped >= long_stop) {
    standstills_.last_long = stopped;
    standstills_.last_long_end = now;
  }
  alarm_->armed_for = now;
}

const Deadlines::Standstills& Deadlines::standstills() {
  notice(monotonic_now());
  return standstills_;
}

bool Deadlines::put_off(Deadline& deadline) {
  const nanoseconds all = std::min(standstills_.busy - deadline.busy_before_, deadline.longest_put_off_);
  const nanoseconds more = all - std::exchange(deadline.put_off_, all);
  if (more <= nanoseconds(0)) return false;
  const MonotonicTime at = deadline.entry_->first + more;
  pending_.erase(deadline.entry_);
  deadline.entry_ = pending_.emplace(at, &deadline);
  return true;
}

void Deadlines::expire() {
  const MonotonicTime now = monotonic_now();
  notice(now);
  alarm_->armed_for = MonotonicTime::max();
  for (auto next = pending_.begin(); next != pending_.end() && next->first + standstills_.stopped <= now;) {
    Deadline& deadline = *(next++)->second;
    if (deadline.passed_ || put_off(deadline)) continue;  // it is still unwinding, or comes again
    deadline.passed_ = true;
    if (deadline.waiting_ != nullptr) deadline.waiting_->interrupt();
  }
  arm(now);
}

Deadline::Deadline(Deadlines& all, MonotonicTime at) : all_(all), entry_(all.add(at, *this)) {
  passed_ = at <= monotonic_now();
}

Deadline::~Deadline() { all_.remove(entry_); }

MonotonicTime Deadline::at() const { return entry_->first + all_.standstills_.stopped; }

}  // namespace allclear::net
