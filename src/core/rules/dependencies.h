// Dependencies: whether a service's failure may be its parents'. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"
#include "core/model/verdict.h"

namespace allclear {

// A service that the failing one depends on.
struct ParentView {
  Verdict verdict = Verdict::unknown;
  WallTime since;        // of the verdict
  WallTime last_at;      // of its checks' last result, the oldest of them; WallTime{}: none so far
  bool failing = false;  // a check's streak toward down is open
};

struct ChildView {
  WallTime failing_since;  // first failing result
  WallTime last_at;        // newest result
};

// fine: they were looked at since the child began to fail, and the child since they recovered. doubtful: not yet, or one
// is about to go down. An unknown parent explains nothing.
enum class Parents : std::uint8_t { fine, doubtful, down };

Parents judge_parents(const ChildView& child, std::span<const ParentView> parents);

}  // namespace allclear
