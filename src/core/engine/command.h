// Commands: everything that the engine asks for. Values; the runtime carries them out in order.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "core/model/check.h"
#include "core/model/decision.h"
#include "core/model/operation.h"

namespace allclear {

struct StartProbe {
  std::shared_ptr<const Check> check;
  CheckKey key;
  MonotonicTime due;  // when it should start; the difference to the real start is its lateness
  bool quick_retry = false;
  std::uint64_t flight = 0;  // to be given back with the result: tells it from a straggler's
};
// Commits carry rising numbers and must be stored in their order. After a CommitFailed the engine hands out everything
// that was not stored once more, in a commit that `resumes`: whoever stores drops what it still holds until that comes.
struct Commit {
  std::uint64_t seq = 0;
  std::vector<Decision> decisions;
  bool urgent = false;   // carries a transition, an incident or an alert: goes at once
  bool resumes = false;  // the first one after a failure
};
// Look around its target. Never more at once than Investigations::at_once.
struct GatherEvidence {
  std::shared_ptr<const Check> check;
  CheckKey key;
};
struct WakeAt {
  MonotonicTime at;
};

// What came of an Operated, once it is durable; one for each.
struct Reply {
  std::uint64_t ticket = 0;
  OperationResult result;
};

using Command = std::variant<StartProbe, Commit, WakeAt, Reply, GatherEvidence>;
using Commands = std::vector<Command>;

}  // namespace allclear
