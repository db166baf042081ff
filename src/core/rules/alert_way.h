// AlertWay: all that a channel was owed of one incident, in order: what it knows, and so what it is told and what not. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/alert.h"

namespace allclear {

struct AlertWay {
  std::vector<Alert> alerts;        // ascending by ordinal
  std::vector<std::uint32_t> ends;  // ordinals at which the incident ended: of some a group told in the channel's stead
  bool goes_on = false;
  std::uint32_t began_at = 0;  // ordinal of its last beginning, whoever was told, as far as its timeline tells
};

// Sets all of `way` but its alerts, from what the timeline tells.
void note_life(const Incident& incident, AlertWay& way);

// Never up without down (R5): what a channel refused the beginning of it hears no more of, until the opening is replayed by
// hand. A reopened incident begins anew; who was told of an earlier beginning, and not of its end, hears the end. Nothing of
// `way` before `step` is pending.
bool is_moot(const Alert& step, const AlertWay& way);

// What was not told for so long may be left to a recovery that is owed, too (R5): not while what comes before it, or before
// that, may be refused yet, nor to one that is moot. Of a way, ask in order.
bool recovery_may_tell(const Alert& step, const AlertWay& way);

// Whether a dead alert goes once more when a person wants that: not an end when the incident began again since, for its
// channel would read that all is well.
bool may_replay(const Alert& dead, const AlertWay& way);
// What was moot since `replayed` was refused, and follows it until the incident ended: no reminders, and nothing once later
// steps of that were tried or while the incident, which began again, goes on: the end of that is told then.
std::vector<Alert> following_replay(const Alert& replayed, const AlertWay& way);

}  // namespace allclear
