#include "runtime/tasks_in_flight.h"

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

namespace allclear::runtime {

void TasksInFlight::spawn(Task<void> task) {
  if (ending()) return;
  const auto signal = signals_.emplace(signals_.end());
  auto finished = [this, signal](const std::exception_ptr& fault) {
    signals_.erase(signal);
    if (ending()) {
      if (signals_.empty()) ended_();
      return;
    }
    if (fault) std::rethrow_exception(fault);  // a broken invariant
  };
  boost::asio::co_spawn(loop_, std::move(task),
                        boost::asio::bind_cancellation_slot(signal->slot(), std::move(finished)));
}

void TasksInFlight::end(milliseconds patience, std::function<void()> ended) {
  if (ending()) return;
  ended_ = std::move(ended);
  if (signals_.empty()) return ended_();
  for (auto at = signals_.begin(); at != signals_.end();) (at++)->emit(boost::asio::cancellation_type::terminal);
  auto timer = std::make_shared<boost::asio::steady_timer>(loop_, patience);
  timer->async_wait([this, timer](const boost::system::error_code&) { ended_(); });
}

}  // namespace allclear::runtime
