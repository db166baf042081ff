#include "core/engine/replies.h"

#include <algorithm>
#include <utility>

namespace allclear {

template <class Ready>
void Replies::answer(const Ready& ready, Commands& commands) {
  for (Waiting& one : waiting_) {
    if (ready(one)) commands.emplace_back(Reply{one.ticket, std::move(one.result)});
  }
  std::erase_if(waiting_, ready);
}

void Replies::put(std::uint64_t ticket, OperationResult result, ServiceId service) {
  waiting_.push_back({ticket, 0, std::move(service), std::move(result)});
}

void Replies::number(std::uint64_t newest_seq, bool all_durable, Commands& commands) {
  if (waiting_.empty()) return;
  answer([&](const Waiting& one) { return one.service.empty() || (one.seq == 0 && all_durable); }, commands);
  for (Waiting& one : waiting_) {
    if (one.seq == 0) one.seq = newest_seq;
  }
}

void Replies::committed(std::uint64_t seq, Commands& commands) {
  answer([&](const Waiting& one) { return one.seq != 0 && one.seq <= seq; }, commands);
}

void Replies::renumber() {
  for (Waiting& one : waiting_) one.seq = 0;
}

void Replies::refuse(const ServiceSet& services) {
  for (Waiting& one : waiting_) {
    if (!services.contains(one.service)) continue;
    one.service = ServiceId();
    one.result = {OperationOutcome::refused, "somebody else changed it at the same time: look again", std::nullopt};
  }
}

}  // namespace allclear
