#include "core/rules/rollup.h"

#include <algorithm>
#include <array>

namespace allclear {
namespace {

struct IndicatorText {
  std::string_view code;
  std::string_view description;
};

constexpr std::array<IndicatorText, 6> indicators{{
    {"none", "All systems operational"},
    {"minor", "Degraded performance"},
    {"major", "Partial outage"},
    {"critical", "Major outage"},
    {"maintenance", "Under maintenance"},
    {"unknown", "No data"},
}};

StateCounts count_states(std::span<const ShownState> states) {
  StateCounts counts;
  for (const ShownState state : states) {
    switch (state) {
      case ShownState::up: ++counts.up; break;
      case ShownState::degraded: ++counts.degraded; break;
      case ShownState::down: ++counts.down; break;
      case ShownState::maintenance: ++counts.maintenance; break;
      case ShownState::unknown: ++counts.unknown; break;
    }
  }
  return counts;
}

// "All down" is judged over what is known: a service that nothing is known of does not soften the banner.
Indicator indicate(const StateCounts& counts) {
  const int known = counts.up + counts.degraded + counts.down + counts.maintenance;
  if (known == 0) return Indicator::unknown;
  if (counts.down == known) return Indicator::critical;
  if (counts.down > 0) return Indicator::major;
  if (counts.degraded > 0) return Indicator::minor;
  return counts.maintenance > 0 ? Indicator::maintenance : Indicator::none;
}

Indicator to_indicator(Severity severity) {
  switch (severity) {
    case Severity::minor: return Indicator::minor;
    case Severity::major: return Indicator::major;
    case Severity::critical: return Indicator::critical;
  }
  return Indicator::minor;
}

// What a person says outweighs that nothing is known, and planned work.
bool is_trouble(Indicator indicator) {
  return indicator == Indicator::minor || indicator == Indicator::major || indicator == Indicator::critical;
}

}  // namespace

std::string_view to_string(Indicator indicator) { return indicators[static_cast<std::size_t>(indicator)].code; }

Rollup roll_up(std::span<const ShownState> states, std::optional<Severity> worst_by_hand) {
  const StateCounts counts = count_states(states);
  Indicator indicator = indicate(counts);
  if (worst_by_hand) {
    const Indicator said = to_indicator(*worst_by_hand);
    indicator = is_trouble(indicator) ? std::max(indicator, said) : said;
  }
  return {indicator, std::string(indicators[static_cast<std::size_t>(indicator)].description), counts};
}

}  // namespace allclear
