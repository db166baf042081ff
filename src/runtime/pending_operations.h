// PendingOperations: who waits for what came of an operation. Thread-safe; every one is answered once.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "base/time.h"
#include "core/ports/operations.h"

namespace allclear::runtime {

class PendingOperations {
 public:
  static constexpr seconds patience{9};

  PendingOperations() = default;
  // The rest is told that the monitor stops.
  ~PendingOperations();
  PendingOperations(const PendingOperations&) = delete;
  PendingOperations& operator=(const PendingOperations&) = delete;

  // The ticket to answer it by.
  std::uint64_t put(Operations::Done done, MonotonicTime now);
  // Nothing when it was given up meanwhile.
  void answer(std::uint64_t ticket, OperationResult result);
  // Those that wait longer than `patience` are unavailable.
  void give_up(MonotonicTime now);

 private:
  struct Waiting {
    Operations::Done done;
    MonotonicTime until;
  };

  std::mutex mutex_;
  std::uint64_t last_ticket_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;  // the oldest first
};

}  // namespace allclear::runtime
