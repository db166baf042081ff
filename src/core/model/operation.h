// Operation: what a person asks the running monitor to do, and what came of it. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model/calendar.h"
#include "core/model/ids.h"
#include "core/model/incident.h"

namespace allclear {

// Every check of the service, at once; its place in the schedule stays.
struct CheckNow {
  ServiceId service;
};
// Somebody looks after it: reminders and escalation end, the recovery is still told.
struct Acknowledge {
  IncidentId incident;
};

// By a person, beside those that checks open. The first service is the incident's own, the others are affected, too.
struct OpenIncident {
  std::string title;
  std::vector<ServiceId> services;  // at least one
  Severity severity = Severity::minor;
  IncidentState state = IncidentState::investigating;
  std::string body;  // public words; may be empty
};
enum class UpdateAudience : std::uint8_t { open, internal };
// A word about an open incident; of the rest what is said changes.
struct UpdateIncident {
  IncidentId incident;
  std::string body;  // not empty
  UpdateAudience audience = UpdateAudience::open;
  std::optional<IncidentState> state;  // not resolved
  std::optional<Severity> severity;
  std::optional<std::string> title;
};
// Of those that people opened: a check's incident ends when its service is well.
struct ResolveIncident {
  IncidentId incident;
  std::string body;  // may be empty
};
struct ReopenIncident {
  IncidentId incident;
  std::string body;
};

enum class PingKind : std::uint8_t { success, start, fail, log };

// A heartbeat's sign of life.
struct Ping {
  ServiceId service;
  PingKind kind = PingKind::success;
  int exit_code = 0;   // of a fail, when it was told
  std::string run;     // "rid": which start a success or fail ends; empty: the last
  std::string detail;  // what the job said, at most 4 KiB of UTF-8
};

// One window; both times are UTC.
struct PlanMaintenance {
  std::string title;
  std::vector<ServiceId> services;  // at least one
  WallTime starts_at;
  WallTime ends_at;  // after it, and to come
};
// One that goes on ends now. What the config file names can be dropped there only.
struct DropMaintenance {
  MaintenanceId id;
};

struct Operation {
  std::variant<CheckNow, Acknowledge, Ping, PlanMaintenance, DropMaintenance, OpenIncident, UpdateIncident,
               ResolveIncident, ReopenIncident>
      action;
  std::string who;  // a token's name; not empty
  // Whoever asks again under the same key, within a day, is told what came of the first time (RFC draft
  // httpapi-idempotency-key-header). Empty: every time counts.
  std::string key{};
  std::uint64_t fingerprint = 0;  // of what was asked under the key
  // The last ordinal of the incident's timeline that the person saw; absent: whatever it is.
  std::optional<std::uint32_t> seen{};
};

// refused: it does not fit what stands (the detail says why). stale: it stands otherwise than the person saw. key_reused: the
// key was another request's. unavailable: not stored in time; it may still be.
enum class OperationOutcome : std::uint8_t { done, not_found, refused, stale, key_reused, unavailable };

struct OperationResult {
  OperationOutcome outcome = OperationOutcome::done;
  std::string detail;                                // for the person; empty when done
  std::optional<Incident> incident{};                // as it stands after it, where it is about one
  std::shared_ptr<const Maintenance> maintenance{};  // likewise
};

}  // namespace allclear
