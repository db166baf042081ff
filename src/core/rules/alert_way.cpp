#include "core/rules/alert_way.h"

#include <algorithm>
#include <span>

#include "core/rules/delivery.h"

namespace allclear {
namespace {

using Steps = std::span<const Alert>;

bool begins(IncidentStep step) { return step == IncidentStep::opened || step == IncidentStep::reopened; }

// After flapping that stopped the incident may begin again without another end.
bool ends(IncidentStep step) { return step == IncidentStep::resolved || step == IncidentStep::flapping_stopped; }

bool reached(const Alert& one) { return one.state == AlertState::sent && one.last_answer != told_by_recovery; }

bool is_unsettled(const Alert& one) { return one.state == AlertState::owed || one.state == AlertState::sending; }

Steps before(const Alert& step, const AlertWay& way) {
  const auto end =
      std::find_if(way.alerts.begin(), way.alerts.end(), [&](const Alert& one) { return one.ordinal >= step.ordinal; });
  return {way.alerts.begin(), end};
}

Steps after(const Alert& step, const AlertWay& way) {
  const auto begin =
      std::find_if(way.alerts.begin(), way.alerts.end(), [&](const Alert& one) { return one.ordinal > step.ordinal; });
  return {begin, way.alerts.end()};
}

// How many of `earlier` are of before the incident began for the last time. A channel that wants only the worse, and a
// fallback, may begin with any step.
std::size_t count_before_it_began(const Alert& step, Steps earlier, const AlertWay& way) {
  std::uint32_t last_end = 0;
  for (const std::uint32_t end : way.ends) last_end = end < step.ordinal ? end : last_end;
  IncidentStep next = step.step;
  for (std::size_t i = earlier.size(); i > 0; --i) {
    const Alert& one = earlier[i - 1];
    const bool flaps_anew = next == IncidentStep::flapping_started && one.step == IncidentStep::flapping_stopped;
    const bool is_of_before = one.ordinal <= last_end || one.step == IncidentStep::resolved;
    if (begins(next) || flaps_anew || is_of_before) return i;
    next = one.step;
  }
  return 0;
}

// Whether the last that reached the channel before the incident `began` again was no end, nor a group's since.
bool thinks_it_goes_on(Steps earlier, std::uint32_t began, const AlertWay& way) {
  const auto last = std::find_if(earlier.rbegin(), earlier.rend(), reached);
  if (last == earlier.rend() || ends(last->step)) return false;
  const auto told_by_group = [&](std::uint32_t end) {
    const bool since = last->ordinal < end && end < began;
    return since && std::none_of(earlier.begin(), earlier.end(), [&](const Alert& one) { return one.ordinal == end; });
  };
  return std::none_of(way.ends.begin(), way.ends.end(), told_by_group);
}

}  // namespace

void note_life(const Incident& incident, AlertWay& way) {
  way.ends.clear();
  way.goes_on = incident.open();
  way.began_at = 0;
  for (const TimelineEntry& entry : incident.timeline) {
    if (entry.state == IncidentState::resolved) way.ends.push_back(entry.ordinal);
    const bool begins_again = begins(entry.step) || entry.step == IncidentStep::flapping_started;
    if (begins_again) way.began_at = entry.ordinal;
  }
}

bool is_moot(const Alert& step, const AlertWay& way) {
  const Steps earlier = before(step, way);
  const std::size_t began = count_before_it_began(step, earlier, way);
  const Steps opening = earlier.subspan(began);
  if (opening.empty() || opening.front().state != AlertState::dead) return false;
  if (std::any_of(opening.begin(), opening.end(), reached)) return false;
  const Steps later = after(step, way);  // of a replay
  return std::any_of(later.begin(), later.end(), reached) ||
         !thinks_it_goes_on(earlier.first(began), opening.front().ordinal, way);
}

bool recovery_may_tell(const Alert& step, const AlertWay& way) {
  const Steps earlier = before(step, way);
  if (std::any_of(earlier.begin(), earlier.end(), is_unsettled) || is_moot(step, way)) return false;
  for (const Alert& one : after(step, way)) {
    if (one.step == IncidentStep::resolved && is_unsettled(one) && !is_moot(one, way)) return true;
    if (one.state == AlertState::sending) return false;
  }
  return false;
}

bool may_replay(const Alert& dead, const AlertWay& way) {
  if (!way.goes_on || !ends(dead.step)) return true;
  if (dead.step == IncidentStep::resolved) return false;
  const Steps later = after(dead, way);  // a long timeline does not tell all
  return way.began_at < dead.ordinal &&
         std::all_of(later.begin(), later.end(), [](const Alert& one) { return one.step == IncidentStep::reminder; });
}

std::vector<Alert> following_replay(const Alert& replayed, const AlertWay& way) {
  std::vector<Alert> following;
  if (ends(replayed.step)) return following;
  const auto went_out = [](const Alert& one) {
    return one.state == AlertState::sending || one.state == AlertState::sent || one.tries > 0;  // it may have arrived
  };
  for (const Alert& one : after(replayed, way)) {
    if (begins(one.step) || went_out(one)) return {};
    const bool was_moot = one.state == AlertState::dead && one.last_answer == opening_refused;
    if (was_moot && one.step != IncidentStep::reminder) following.push_back(one);
    if (one.step == IncidentStep::resolved) return may_replay(one, way) ? following : std::vector<Alert>{};
  }
  return following;
}

}  // namespace allclear
