// Task: what waits on one event loop. The same type as the core's Task, which net/ must not know.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace allclear::net {

using LoopExecutor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, LoopExecutor>;

}  // namespace allclear::net
