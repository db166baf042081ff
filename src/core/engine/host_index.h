// HostIndex: the slots by whom they ask, eight bytes each. Made when it is first needed after a change of the catalogue.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/roster.h"

namespace allclear {

class HostIndex {
 public:
  void forget() {
    slots_.clear();
    known_ = false;
  }
  // Slots that ask the host, ascending, until `visit` says false.
  void for_each(const Roster& roster, std::string_view host, const std::function<bool(SlotIndex)>& visit);

 private:
  std::vector<std::pair<std::uint32_t, SlotIndex>> slots_;  // by the hash of the host
  bool known_ = false;
};

}  // namespace allclear
