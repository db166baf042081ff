#include "net/deadline.h"

#include <algorithm>

#include "net/awaiting.h"
#include "net/fault.h"

namespace allclear::net {

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
  const auto entry = pending_.emplace(at - stood_still_, &deadline);
  if (at < alarm_->armed_for) arm(monotonic_now());
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
  alarm_->armed_for = std::min(next->first + stood_still_, now + pulse);
  alarm_->timer.expires_at(to_steady(alarm_->armed_for));
  alarm_->timer.async_wait([alarm = alarm_](const boost::system::error_code& error) {
    if (!error && alarm->owner != nullptr) alarm->owner->expire();
  });
}

// An alarm that is so late was late for all that was to happen since.
void Deadlines::notice(MonotonicTime now) {
  if (alarm_->armed_for == MonotonicTime::max() || now - alarm_->armed_for < shortest_standstill) return;
  stood_still_ += now - alarm_->armed_for;
  alarm_->armed_for = now;
}

void Deadlines::expire() {
  const MonotonicTime now = monotonic_now();
  notice(now);
  alarm_->armed_for = MonotonicTime::max();
  for (auto& [at, deadline] : pending_) {
    if (at + stood_still_ > now) break;
    if (deadline->passed_) continue;  // still unwinding
    deadline->passed_ = true;
    if (deadline->waiting_ != nullptr) deadline->waiting_->interrupt();
  }
  arm(now);
}

Deadline::Deadline(Deadlines& all, MonotonicTime at) : all_(all), entry_(all.add(at, *this)) {
  passed_ = at <= monotonic_now();
}

Deadline::~Deadline() { all_.remove(entry_); }

MonotonicTime Deadline::at() const { return entry_->first + all_.stood_still_; }

}  // namespace allclear::net
