// blindness: whether failures may be our own network's, told by anchors: addresses that have answered before and hardly
// ever fail together (R11). Pure.
#pragma once

#include <span>

#include "core/model/check_result.h"
#include "core/model/target.h"
#include "core/rules/conclude.h"

namespace allclear {

// No one was heard: a timeout, no name server, no ping, no way out of this machine. A refusal is an answer.
bool nobody_answered(const CheckResult& result);

// It asks this machine itself, as far as its name tells: no network lies between.
bool stays_inside(const Target& target);

struct AnchorView {
  bool known = false;     // it has answered before, ever
  bool asked = false;     // and what came of it is known
  bool answered = false;  // this time
};
enum class Anchors : std::uint8_t {
  too_few,  // fewer than three known ones were heard of: they tell nothing
  answer,
  silent,  // most of them
};
Anchors judge_anchors(std::span<const AnchorView> anchors);

// Results of checks that were not known to be down, since the first failure.
struct Tally {
  int heard = 0;
  int silent = 0;
};
enum class Sight : std::uint8_t { unclear, clear, blind };
// While most anchors are silent: at least five results, half of them silent, are blindness.
Sight judge_sight(const Tally& tally);

// What a result is worth that came while we are blind: nothing is known.
CheckResult seen_blind(CheckResult result);

// The monitor's own service goes down (`since` is when the first failure began) or comes back (`since`: now).
Decision conclude_sight(ServiceView monitor, Verdict verdict, WallTime since, const std::string& detail, WallTime now);

}  // namespace allclear
