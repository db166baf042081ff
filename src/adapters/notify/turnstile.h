// Turnstile: lets at most so many through at once, the others wait in their order. One loop only.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "base/time.h"
#include "core/ports/task.h"

namespace allclear::notify {

class Turnstile : public std::enable_shared_from_this<Turnstile> {
 public:
  // One that was let through; the next is when this goes away.
  class Pass {
   public:
    Pass() = default;  // was not let through
    explicit Pass(std::shared_ptr<Turnstile> owner) : owner_(std::move(owner)) {}
    ~Pass() { give_back(); }
    Pass(Pass&& other) noexcept : owner_(std::move(other.owner_)) {}
    Pass& operator=(Pass&& other) noexcept {
      give_back();
      owner_ = std::move(other.owner_);
      return *this;
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    void give_back() {
      if (const auto owner = std::move(owner_)) owner->leave();
    }
    std::shared_ptr<Turnstile> owner_;
  };

  Turnstile(boost::asio::io_context& loop, std::size_t at_once);
  ~Turnstile();
  // An empty pass when the deadline comes first.
  Task<Pass> enter(MonotonicTime deadline);

 private:
  struct Waiting;

  void leave();

  boost::asio::io_context& loop_;
  std::size_t free_;
  std::list<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace allclear::notify
