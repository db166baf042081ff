// Task: the coroutine type of everything that waits. Concrete executor, so that no call is type-erased: a task
// runs on one io_context that one thread drives.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace allclear {

using LoopExecutor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, LoopExecutor>;

}  // namespace allclear
