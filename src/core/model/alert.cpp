#include "core/model/alert.h"

#include "base/hash.h"

namespace allclear {

AlertId alert_id(const IncidentId& incident, std::uint32_t ordinal, const ChannelId& channel) {
  return AlertId(stable_key({incident.value(), std::to_string(ordinal), channel.value()}));
}

std::string_view to_string(AlertState state) {
  switch (state) {
    case AlertState::owed: return "owed";
    case AlertState::sending: return "sending";
    case AlertState::sent: return "sent";
    case AlertState::dead: return "dead";
  }
  return "owed";
}

std::optional<AlertState> parse_alert_state(std::string_view text) {
  for (const AlertState state : {AlertState::owed, AlertState::sending, AlertState::sent, AlertState::dead}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

std::string_view to_string(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::sent: return "sent";
    case DeliveryOutcome::retry_after: return "retry_after";
    case DeliveryOutcome::rejected: return "rejected";
  }
  return "sent";
}

std::optional<std::uint32_t> outdated_try(std::uint32_t newest) {
  if (newest <= first_tries_kept + newest_tries_kept) return std::nullopt;
  return newest - newest_tries_kept;
}

}  // namespace allclear
