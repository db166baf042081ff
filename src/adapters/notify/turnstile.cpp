#include "adapters/notify/turnstile.h"

#include "net/awaiting.h"

namespace allclear::notify {

struct Turnstile::Waiting {
  explicit Waiting(boost::asio::io_context& loop) : timer(loop) {}

  net::Timer timer;
  bool called = false;
};

Turnstile::Turnstile(boost::asio::io_context& loop, std::size_t at_once) : loop_(loop), free_(at_once) {}
Turnstile::~Turnstile() = default;

Task<Turnstile::Pass> Turnstile::enter(MonotonicTime deadline) {
  const auto self = shared_from_this();
  if (free_ > 0) {
    --free_;
    co_return Pass(self);
  }
  const auto me = waiting_.emplace_back(std::make_shared<Waiting>(loop_));
  boost::system::error_code error;
  me->timer.expires_at(net::to_steady(deadline));
  co_await me->timer.async_wait(boost::asio::redirect_error(net::use_task, error));
  if (me->called) co_return Pass(self);  // in place of the one that left
  waiting_.remove(me);
  if (error) net::end_cancelled_task();
  co_return Pass();
}

void Turnstile::leave() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  const auto next = std::move(waiting_.front());
  waiting_.pop_front();
  next->called = true;
  next->timer.cancel();
}

}  // namespace allclear::notify
