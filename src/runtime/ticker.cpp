#include "runtime/ticker.h"

#include <utility>

namespace allclear::runtime {

Ticker::Ticker(boost::asio::io_context& loop, milliseconds period, std::function<void()> tick)
    : timer_(loop), period_(period), tick_(std::move(tick)) {
  arm();
}

void Ticker::arm() {
  timer_.expires_after(period_);
  // A timer that has expired calls its handler with success, also when it was destroyed before the handler's turn.
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
    if (error || alive.expired()) return;
    const auto tick = tick_;  // it may destroy the ticker
    tick();
    if (!alive.expired()) arm();
  });
}

}  // namespace allclear::runtime
