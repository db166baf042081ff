// Alert: an outbox row, one incident step owed to one channel. Value; stored in the step's own commit.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "core/model/incident.h"

namespace allclear {

enum class AlertState : std::uint8_t { owed, sending, sent, dead };

struct Alert {
  AlertId id;  // stable_key(incident, ordinal, channel)
  IncidentId incident;
  ServiceId service;
  std::uint32_t ordinal = 0;
  IncidentStep step = IncidentStep::opened;
  ChannelId channel;
  AlertState state = AlertState::owed;
  WallTime created_at;
  WallTime due_at;              // not before
  std::uint32_t tries = 0;
  std::string last_answer;      // operators only

  friend bool operator==(const Alert&, const Alert&) = default;
};

enum class DeliveryOutcome : std::uint8_t { sent, retry_after, rejected };

struct Delivery {
  DeliveryOutcome outcome = DeliveryOutcome::sent;
  milliseconds retry_after{0};
  std::string answer;  // for the ledger
};

}  // namespace allclear
