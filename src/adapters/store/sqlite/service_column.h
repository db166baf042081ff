// The column `verdict` of `services`: a Verdict, or one beyond the last for a service under maintenance. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "core/model/check_state.h"

namespace allclear::store {

inline constexpr std::int64_t maintenance_column = static_cast<std::int64_t>(Verdict::unknown) + 1;

inline std::int64_t to_column(const ServiceState& state) {
  return state.maintenance ? maintenance_column : static_cast<std::int64_t>(state.verdict);
}

// Sets verdict and maintenance; false: it is neither.
inline bool read_column(std::int64_t column, ServiceState& state) {
  if (column < 0 || column > maintenance_column) return false;
  state.maintenance = column == maintenance_column;
  state.verdict = state.maintenance ? Verdict::unknown : static_cast<Verdict>(column);
  return true;
}

}  // namespace allclear::store
