// TasksInFlight: coroutines on one event loop that can be ended together. Touched by the loop's thread only.
#pragma once

#include <functional>
#include <list>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include "base/time.h"
#include "core/ports/task.h"

namespace allclear::runtime {

class TasksInFlight {
 public:
  explicit TasksInFlight(boost::asio::io_context& loop) : loop_(loop) {}

  // The task lets no exception through, but for its own cancellation. Nothing starts any more once they end.
  void spawn(Task<void> task);
  // Cancels all; calls `ended` when none is left, or after `patience`.
  void end(milliseconds patience, std::function<void()> ended);
  bool empty() const { return signals_.empty(); }
  bool ending() const { return ended_ != nullptr; }

 private:
  boost::asio::io_context& loop_;
  std::list<boost::asio::cancellation_signal> signals_;
  std::function<void()> ended_;  // set: they end
};

}  // namespace allclear::runtime
