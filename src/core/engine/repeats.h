// Repeats: what came of operations that carried a key, for whoever asks again since the answer was lost. In memory, for a day;
// what such a request opened or planned is found again by its id after that, too. One thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "core/engine/commit_queue.h"
#include "core/model/operation.h"

namespace allclear {

class Repeats {
 public:
  struct Done {
    std::uint64_t fingerprint = 0;
    ServiceId service;                         // whose decision it was; empty: none
    std::shared_ptr<const Incident> incident;  // as it stood then
    std::shared_ptr<const Maintenance> maintenance;
  };

  // Null: nobody asked under this key so far. `operation` has one.
  const Done* find(const Operation& operation, MonotonicTime now);
  void put(const Operation& operation, const ServiceId& service, const OperationResult& result, MonotonicTime now);
  // What was decided about these services is void.
  void forget(const ServiceSet& services);

 private:
  struct Kept {
    MonotonicTime until;
    std::string name;
  };
  void drop_old(MonotonicTime now);

  std::unordered_map<std::string, Done> done_;
  std::deque<Kept> order_;  // the oldest first
};

}  // namespace allclear
