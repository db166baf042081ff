#include "core/engine/host_index.h"

#include <algorithm>

namespace allclear {
namespace {

std::uint32_t hash_of(std::string_view host) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(host));
}

}  // namespace

void HostIndex::for_each(const Roster& roster, std::string_view host, const std::function<bool(SlotIndex)>& visit) {
  if (!known_) {
    known_ = true;
    slots_.reserve(roster.slot_count());
    for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
      const std::string_view asked = host_of(roster.check(slot)->target);
      if (!asked.empty()) slots_.emplace_back(hash_of(asked), slot);
    }
    std::sort(slots_.begin(), slots_.end());
  }
  const std::uint32_t hash = hash_of(host);
  for (auto one = std::lower_bound(slots_.begin(), slots_.end(), std::pair(hash, SlotIndex{0}));
       one != slots_.end() && one->first == hash; ++one) {
    if (host_of(roster.check(one->second)->target) == host && !visit(one->second)) return;
  }
}

}  // namespace allclear
