// The one roll-up of all services into a banner: page, API, feed and badge use it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/model/incident.h"
#include "core/model/verdict.h"

namespace allclear {

enum class Indicator : std::uint8_t { none, minor, major, critical, maintenance, unknown };

struct StateCounts {
  int up = 0;
  int degraded = 0;
  int down = 0;
  int maintenance = 0;
  int unknown = 0;
};

struct Rollup {
  Indicator indicator = Indicator::unknown;
  std::string description;  // "All systems operational", "Partial outage", …
  StateCounts counts;
};

std::string_view to_string(Indicator indicator);

// No known state -> unknown; all down -> critical "Major outage"; any down -> major "Partial outage"; degraded ->
// minor; maintenance; else operational. Paused services must be left out by the caller. `worst_by_hand`: of the open
// incidents that people opened; it is at least as bad as that, whatever the checks see. The counts are of states only.
Rollup roll_up(std::span<const ShownState> states, std::optional<Severity> worst_by_hand = std::nullopt);

}  // namespace allclear
