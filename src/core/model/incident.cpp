#include "core/model/incident.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace allclear {
namespace {

constexpr std::array<std::string_view, 3> severities{"minor", "major", "critical"};
constexpr std::array<std::string_view, 4> states{"investigating", "identified", "monitoring", "resolved"};
constexpr std::array<std::string_view, 9> steps{"opened",   "acknowledged",     "escalated",
                                                "updated",  "reminder",         "resolved",
                                                "reopened", "flapping_started", "flapping_stopped"};

template <class Enum, std::size_t Size>
std::optional<Enum> parse(const std::array<std::string_view, Size>& names, std::string_view text) {
  for (std::size_t i = 0; i < Size; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Severity severity) { return severities[static_cast<std::size_t>(severity)]; }
std::string_view to_string(IncidentState state) { return states[static_cast<std::size_t>(state)]; }
std::string_view to_string(IncidentStep step) { return steps[static_cast<std::size_t>(step)]; }
std::optional<Severity> parse_severity(std::string_view text) { return parse<Severity>(severities, text); }
std::optional<IncidentState> parse_incident_state(std::string_view text) { return parse<IncidentState>(states, text); }
std::optional<IncidentStep> parse_incident_step(std::string_view text) { return parse<IncidentStep>(steps, text); }

milliseconds lasted(const Incident& incident, WallTime now) {
  return std::max(incident.resolved_at.value_or(now) - incident.opened_at - incident.calm, milliseconds(0));
}

}  // namespace allclear
