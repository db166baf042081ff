// Alert: an outbox row, one incident step owed to one channel. Value; stored in the step's own commit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/model/incident.h"

namespace allclear {

enum class AlertState : std::uint8_t { owed, sending, sent, dead };  // sending: owed, and claimed for a while

std::string_view to_string(AlertState state);
std::optional<AlertState> parse_alert_state(std::string_view text);

struct Alert {
  AlertId id;  // alert_id(incident, ordinal, channel)
  IncidentId incident;
  ServiceId service;
  std::uint32_t ordinal = 0;
  IncidentStep step = IncidentStep::opened;
  ChannelId channel;
  AlertState state = AlertState::owed;
  WallTime created_at;
  WallTime due_at;  // not before
  std::uint32_t tries = 0;
  std::string last_answer;              // operators only
  std::optional<WallTime> replayed_at;  // by hand, the last time
  bool moot = false;  // as it is claimed: not to be sent, since its channel refused the opening. Not stored

  friend bool operator==(const Alert&, const Alert&) = default;
};

// The idempotency key (R3).
AlertId alert_id(const IncidentId& incident, std::uint32_t ordinal, const ChannelId& channel);

enum class DeliveryOutcome : std::uint8_t { sent, retry_after, rejected };

std::string_view to_string(DeliveryOutcome outcome);

struct Delivery {
  DeliveryOutcome outcome = DeliveryOutcome::sent;
  milliseconds retry_after{0};
  std::string answer;  // for the ledger
  // Of the channel. It is owed what that one was to be told of the incident and was not yet: with `hand_over`, or when
  // it was told of an earlier step in the same way.
  std::optional<ChannelId> fallback{};
  bool hand_over = false;
  bool moot = false;  // nothing was tried: the alert is dead, its tries stay as they are
};

// One line of the ledger.
struct AlertTry {
  std::uint32_t number = 0;  // 1, 2, 3 … of its alert
  WallTime at;
  DeliveryOutcome outcome = DeliveryOutcome::sent;
  std::string answer;  // operators only

  friend bool operator==(const AlertTry&, const AlertTry&) = default;
};

// A day of tries may be thousands: of each alert the first few and the newest are kept.
inline constexpr std::uint32_t first_tries_kept = 5;
inline constexpr std::uint32_t newest_tries_kept = 45;
// The try that goes when `newest` is written; none while there is room.
std::optional<std::uint32_t> outdated_try(std::uint32_t newest);

struct AlertRecord {
  Alert alert;
  std::vector<AlertTry> tries;  // those that are kept, ascending

  friend bool operator==(const AlertRecord&, const AlertRecord&) = default;
};

}  // namespace allclear
