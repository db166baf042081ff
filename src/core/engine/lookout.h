// Lookout: how far we doubt that we see anything at all, and the failures that wait until that is known (R11). One
// thread; how the doubt goes on is in engine_blindness.cpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "core/model/check_result.h"
#include "core/model/ids.h"
#include "core/rules/blindness.h"

namespace allclear {

// own_flight: the one probe that we started for this check, so its order is known whatever the wall clock did.
// elsewhere: its own time must tell (a duplicate, a late one, another driver's, judged again).
enum class Origin : std::uint8_t { own_flight, elsewhere };

// clear: failures are what they seem. asking: the anchors are being asked. doubting: they are silent; do the others
// still answer? blind: they do not.
enum class Doubt : std::uint8_t { clear, asking, doubting, blind };

struct Lookout {
  struct Suspect {
    CheckKey key;
    CheckResult result;
    Origin origin = Origin::elsewhere;
  };
  enum class Reply : std::uint8_t { awaited, heard, silent };

  std::optional<std::size_t>
      row;  // of the monitor's own service, whose checks are the anchors; none: nothing is doubted
  Doubt doubt = Doubt::clear;
  MonotonicTime asked_at = MonotonicTime::min();       // of the last round
  MonotonicTime vouched_until = MonotonicTime::min();  // so long failures are what they seem, by the anchors' word
  MonotonicTime look_at = MonotonicTime::max();   // when it goes on even if nobody answers
  WallTime since{};                               // of the first failure
  Tally tally;
  std::vector<Reply> replies;  // of the round under way, by anchor; empty: none is
  std::vector<Suspect> suspects;

  bool asks() const { return !replies.empty(); }
  bool is_answered() const { return std::find(replies.begin(), replies.end(), Reply::awaited) == replies.end(); }
};

}  // namespace allclear
