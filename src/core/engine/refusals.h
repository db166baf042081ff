// Refusals: channels that do not take what they are sent, each with the incident that tells of it. One thread.
#pragma once

#include <algorithm>
#include <map>

#include "base/time.h"
#include "core/model/incident.h"

namespace allclear {

struct Refusals {
  struct Refusal {
    Incident incident;
    MonotonicTime ends_at = MonotonicTime::max();  // unless it refuses again; max(): it has taken none since
  };

  MonotonicTime next() const {  // max(): none
    MonotonicTime next = MonotonicTime::max();
    for (const auto& [channel, refusal] : by_channel) next = std::min(next, refusal.ends_at);
    return next;
  }

  std::map<ChannelId, Refusal> by_channel;
};

}  // namespace allclear
