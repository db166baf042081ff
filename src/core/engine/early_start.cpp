#include "core/engine/early_start.h"

#include <algorithm>

namespace allclear {

milliseconds early_window(std::size_t count, double regular_per_second) {
  constexpr double always_fine_per_second = 10;
  const double rate = std::max(always_fine_per_second, regular_per_second / 2);
  const milliseconds needed(static_cast<std::int64_t>(static_cast<double>(count) / rate * 1000));
  return std::max(early_start_worth, needed);
}

milliseconds early_offset(std::uint64_t identity_hash, milliseconds window) {
  constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;
  const std::uint64_t mixed = (identity_hash * golden_ratio) >> 16;
  return milliseconds(
      static_cast<std::int64_t>(mixed % static_cast<std::uint64_t>(std::max<std::int64_t>(window.count(), 1))));
}

}  // namespace allclear
