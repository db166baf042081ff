#include "net/deadline.h"

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
  const auto entry = pending_.emplace(at, &deadline);
  if (at < alarm_->armed_for) arm(at);
  return entry;
}

void Deadlines::remove(Pending::iterator entry) {
  pending_.erase(entry);
  if (!pending_.empty()) return;  // an early alarm is cheaper than setting the timer at every check
  alarm_->armed_for = MonotonicTime::max();
  alarm_->timer.cancel();  // an idle loop must be able to end
}

void Deadlines::arm(MonotonicTime at) {
  alarm_->armed_for = at;
  alarm_->timer.expires_at(to_steady(at));
  alarm_->timer.async_wait([alarm = alarm_](const boost::system::error_code& error) {
    if (!error && alarm->owner != nullptr) alarm->owner->expire();
  });
}

void Deadlines::expire() {
  const MonotonicTime now = monotonic_now();
  alarm_->armed_for = MonotonicTime::max();
  for (auto& [at, deadline] : pending_) {
    if (at > now) break;
    if (deadline->passed_) continue;  // still unwinding
    deadline->passed_ = true;
    if (deadline->waiting_ != nullptr) deadline->waiting_->interrupt();
  }
  const auto next = pending_.upper_bound(now);
  if (next != pending_.end()) arm(next->first);
}

Deadline::Deadline(Deadlines& all, MonotonicTime at) : all_(all), at_(at), entry_(all.add(at, *this)) {
  passed_ = at <= monotonic_now();
}

Deadline::~Deadline() { all_.remove(entry_); }

}  // namespace allclear::net
