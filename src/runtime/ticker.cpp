#include "runtime/ticker.h"

#include <utility>

namespace allclear::runtime {

Ticker::Ticker(boost::asio::io_context& loop, milliseconds period, std::function<void()> tick)
    : timer_(loop), period_(period), tick_(std::move(tick)) {
  arm();
}

void Ticker::arm() {
  timer_.expires_after(period_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    tick_();
    arm();
  });
}

}  // namespace allclear::runtime
