// Replies: operations that wait until what they decided is durable. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine/command.h"
#include "core/engine/commit_queue.h"

namespace allclear {

class Replies {
 public:
  // `service`: whose decision it waits for; empty: none, it is answered at once.
  void put(std::uint64_t ticket, OperationResult result, ServiceId service);
  // At the end of a turn, after the flush: what was put in it waits for this commit.
  void number(std::uint64_t newest_seq, bool all_durable, Commands& commands);
  void committed(std::uint64_t seq, Commands& commands);
  // Commits come again under new numbers.
  void renumber();
  // Others wrote to these services: what was decided about them is void.
  void refuse(const ServiceSet& services);

 private:
  struct Waiting {
    std::uint64_t ticket = 0;
    std::uint64_t seq = 0;  // 0: not numbered yet
    ServiceId service;      // empty: waits for nothing
    OperationResult result;
  };

  template <class Ready>
  void answer(const Ready& ready, Commands& commands);

  std::vector<Waiting> waiting_;
};

}  // namespace allclear
