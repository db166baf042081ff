// Ticker: calls a function every period on an event loop until destroyed. Must be destroyed on the loop's thread or
// after the loop has ended.
#pragma once

#include <functional>

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
};

}  // namespace allclear::runtime
