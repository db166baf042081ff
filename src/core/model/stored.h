// What a store keeps for the engine, and how a commit can fail. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/model/calendar.h"
#include "core/model/check_state.h"
#include "core/model/incident.h"

namespace allclear {

struct StoredCheck {
  CheckKey key;
  CheckState state;
  bool archived = false;  // the last catalogue did not name it
};

// What came of a channel's alerts in the last 24 h.
struct StoredDeliveries {
  ChannelId channel;
  std::optional<WallTime> rejected_at;  // the newest dead letter
  std::string answer;                   // to that one
  std::optional<WallTime> sent_at;      // the newest that it took
};

// Everything that the engine needs to go on where it was.
struct StoredState {
  std::vector<StoredCheck> checks;
  std::vector<ServiceState> services;
  // Both in the order in which they were first stored, which no clock that was set back upsets.
  std::vector<Incident> open_incidents;
  std::vector<Incident> recent_incidents;  // resolved ones that a reopen window may still reach (last 24 h)
  std::vector<std::shared_ptr<const Maintenance>> planned;  // while the monitor ran, not by the config
  std::vector<StoredDeliveries> deliveries;
  std::optional<WallTime> last_start;      // of a pass of `once`, or of `serve`
  std::uint64_t page_seq = 0;              // of the last rendered page
  std::optional<WallTime> alive_at;        // when a monitor was last seen at work
};

enum class CommitFault : std::uint8_t { conflict, unavailable };

struct CommitError {
  CommitFault fault = CommitFault::unavailable;
  std::vector<ServiceId> conflicting;  // services whose version did not match; nothing of the batch was stored
  std::string message;
};

}  // namespace allclear
