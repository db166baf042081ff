// Events: everything that the engine is told. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/model/alert.h"
#include "core/model/check_result.h"
#include "core/model/evidence.h"
#include "core/model/operation.h"
#include "core/model/service.h"
#include "core/model/stored.h"

namespace allclear {

// continuous: every slot of the grid (`serve`). single_pass: only what is due since stored.last_start, at once, with
// its quick retries (`once`, a function); nothing is scheduled after that and Engine::idle() tells the end.
enum class Pace : std::uint8_t { continuous, single_pass };

struct Started {
  std::shared_ptr<const Catalogue> catalogue;
  StoredState stored;
  Pace pace = Pace::continuous;
};
struct Catalogued {
  std::shared_ptr<const Catalogue> catalogue;
  StoredState
      stored;  // for what returns: services and checks that were not in the catalogue before; the rest is ignored
};
struct Observed {
  CheckKey key;
  CheckResult result;
  std::uint64_t flight = 0;  // of the StartProbe; 0: not ours to number (a worker, a remote location)
};
// The probe was cancelled (shutdown, reload): no result.
struct Abandoned {
  CheckKey key;
};
struct Committed {
  std::uint64_t seq = 0;  // of the Commit command; all before it are durable too
};
// Nothing that was handed out and not yet reported as committed is stored.
struct CommitFailed {
  std::uint64_t seq = 0;
  CommitError error;
  // On a conflict: the rows as stored now, of the conflicting services.
  StoredState reloaded;
};
// The machine slept: CLOCK_BOOTTIME ran ahead of CLOCK_MONOTONIC by this much.
struct Resumed {
  milliseconds slept{0};
};
// This process did not run for a while (SIGSTOP, a paused machine): pings that came meanwhile wait to be read.
struct StoodStill {};
// The clock reached the time of the last WakeAt (or later, or earlier: harmless).
struct Due {};
struct Operated {
  Operation operation;
  std::uint64_t ticket = 0;  // comes back in the Reply
};

// What came of a try to tell a channel, once that is stored.
struct DeliverySettled {
  ChannelId channel;
  DeliveryOutcome outcome = DeliveryOutcome::sent;  // rejected: the alert is a dead letter
  std::string answer;                               // operators only
};

// Of a GatherEvidence: one for each.
struct EvidenceGathered {
  CheckKey key;
  Evidence evidence;
};

using Event = std::variant<Started, Catalogued, Observed, Abandoned, Committed, CommitFailed, Resumed, StoodStill, Due,
                           Operated, DeliverySettled, EvidenceGathered>;

}  // namespace allclear
