#include "runtime/pending_operations.h"

#include <utility>

namespace allclear::runtime {
namespace {

OperationResult unavailable(std::string why) { return {OperationOutcome::unavailable, std::move(why), std::nullopt}; }

}  // namespace

PendingOperations::~PendingOperations() {
  for (auto& [ticket, one] : waiting_) one.done(unavailable("the monitor is stopping"));
}

std::uint64_t PendingOperations::put(Operations::Done done, MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(++last_ticket_, Waiting{std::move(done), now + patience});
  return last_ticket_;
}

void PendingOperations::answer(std::uint64_t ticket, OperationResult result) {
  std::unique_lock lock(mutex_);
  auto node = waiting_.extract(ticket);
  lock.unlock();
  if (!node.empty()) node.mapped().done(std::move(result));
}

void PendingOperations::give_up(MonotonicTime now) {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (waiting_.empty() || waiting_.begin()->second.until > now) return;
    auto node = waiting_.extract(waiting_.begin());
    lock.unlock();
    node.mapped().done(unavailable("not stored in time; it may still be"));
  }
}

}  // namespace allclear::runtime
