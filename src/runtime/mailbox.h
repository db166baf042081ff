// Mailbox: hands values from any thread to one event loop, one wake-up for many. Knows nothing of what it carries.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace allclear::runtime {

template <class T>
class Mailbox {
 public:
  using Receive = std::function<void(std::vector<T>&)>;

  // `receive` runs on the loop; both must outlive the mailbox's last delivery.
  Mailbox(boost::asio::io_context& loop, Receive receive) : loop_(loop), receive_(std::move(receive)) {}

  void put(T value) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(value));
      if (std::exchange(woken_, true)) return;
    }
    boost::asio::post(loop_, [this] { deliver(); });
  }

 private:
  void deliver() {
    {
      const std::lock_guard lock(mutex_);
      delivering_.swap(waiting_);
      woken_ = false;
    }
    receive_(delivering_);
    delivering_.clear();
  }

  boost::asio::io_context& loop_;
  const Receive receive_;
  std::mutex mutex_;
  std::vector<T> waiting_;
  std::vector<T> delivering_;  // keeps its capacity; touched by the loop only
  bool woken_ = false;
};

}  // namespace allclear::runtime
