// Ticker: calls a function every period on an event loop until destroyed. Must be destroyed on the loop's thread or
// after the loop has ended; a tick that was on its way then is not made.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/time.h"

namespace allclear::runtime {

class Ticker {
 public:
  Ticker(boost::asio::io_context& loop, milliseconds period, std::function<void()> tick);

 private:
  void arm();

  boost::asio::steady_timer timer_;
  const milliseconds period_;
  const std::function<void()> tick_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace allclear::runtime
