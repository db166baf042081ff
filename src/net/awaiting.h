// The completion token and types of everything in net/ that waits. For source files: headers stay with task.h.
#pragma once

#include <chrono>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/time.h"
#include "net/task.h"

namespace allclear::net {

inline constexpr boost::asio::use_awaitable_t<LoopExecutor> use_task{};

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

// steady_clock is CLOCK_MONOTONIC here, which MonotonicTime counts.
inline std::chrono::steady_clock::time_point to_steady(MonotonicTime time) {
  return std::chrono::steady_clock::time_point(time.time_since_epoch());
}

// How a cancelled task ends: no result, the caller's caller sees operation_aborted.
[[noreturn]] inline void end_cancelled_task() {
  throw boost::system::system_error(boost::asio::error::operation_aborted);
}

}  // namespace allclear::net
