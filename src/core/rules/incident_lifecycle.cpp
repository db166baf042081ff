#include "core/rules/incident_lifecycle.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/hash.h"
#include "core/rules/evidence.h"

namespace allclear {
namespace {

constexpr std::size_t timeline_limit = 200;
constexpr std::size_t room_of_our_own = 20;  // entries: what happens must find its place beside what people say
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// `bits` of `value`, most significant first, five to a character.
void append_base32(std::string& text, std::uint64_t value, int bits) {
  for (int shift = bits - 5; shift >= 0; shift -= 5) text += crockford[(value >> shift) & 31U];
}

std::uint64_t read_hex(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

std::string title_of(const Service& service, Verdict verdict) {
  return fmt::format("{} is {}", service.name, to_string(verdict));
}

std::string words_of(const Service& service, const Transition& transition) {
  return describe_failure(service, transition.cause, transition.reason, transition.status_code);
}

void take_cause(Incident& incident, const Service& service, const Transition& transition) {
  incident.title = title_of(service, transition.to);
  incident.reason = transition.reason;
  incident.cause = transition.cause;
}

IncidentUpdate open_incident(const Service& service, const std::optional<Incident>& last_resolved,
                             const Transition& transition, const std::string& evidence, const Before& before) {
  Incident incident;
  incident.service = service.id;
  incident.opened_at = transition.at;
  // A clock that was set back brings the same millisecond once more: checks start on its grid. What was before differs.
  std::string what =
      before.left_since == WallTime{} ? "" : std::to_string(before.left_since.time_since_epoch().count());
  if (before.rows_written > 0) what += fmt::format("/{}", before.rows_written);
  if (last_resolved) what += last_resolved->id.value();
  incident.id = make_incident_id(service.id, incident.opened_at, what);
  incident.worst = transition.to;
  incident.severity = severity_of(service, transition.to);
  take_cause(incident, service, transition);
  append_entry(incident, transition.confirmed_at, IncidentStep::opened,
               fmt::format("{}: {}", incident.title, words_of(service, transition)), evidence);
  return {std::move(incident), {IncidentStep::opened}};
}

IncidentUpdate reopen_incident(const Service& service, Incident incident, const Transition& transition,
                               const std::string& evidence) {
  incident.state = IncidentState::investigating;
  if (incident.resolved_at) incident.calm += std::max(transition.at - *incident.resolved_at, milliseconds(0));
  incident.resolved_at.reset();
  incident.acknowledged_at.reset();
  incident.acknowledged_by.clear();
  incident.affects.clear();
  incident.told.clear();
  incident.grouped.clear();
  incident.flapping = false;
  incident.unwatched = false;
  ++incident.reopened;
  incident.worst = transition.to;  // of this time: what gets worse than it escalates anew
  incident.severity = std::max(incident.severity, severity_of(service, transition.to));
  take_cause(incident, service, transition);
  append_entry(incident, transition.confirmed_at, IncidentStep::reopened,
               fmt::format("{} again: {}", incident.title, words_of(service, transition)), evidence);
  return {std::move(incident), {IncidentStep::reopened}};
}

IncidentUpdate resolve_incident(const Service& service, Incident incident, const Transition& transition) {
  incident.state = IncidentState::resolved;
  incident.resolved_at = std::max(transition.at, incident.opened_at);
  append_entry(
      incident, transition.confirmed_at, IncidentStep::resolved,
      fmt::format("{} is up again after {}", service.name, describe_duration(lasted(incident, *incident.resolved_at))),
      "");
  return {std::move(incident), {IncidentStep::resolved}};
}

// Within an open incident: worse than ever escalates and is told; a change below the worst is noted only; back from
// unknown to where it was is nothing new.
std::optional<IncidentUpdate> continue_incident(const Service& service, Incident incident, const Transition& transition,
                                                const std::string& evidence) {
  const std::string body = fmt::format("{}: {}", title_of(service, transition.to), words_of(service, transition));
  if (transition.to > incident.worst) {
    incident.worst = transition.to;
    incident.severity = std::max(incident.severity, severity_of(service, transition.to));
    take_cause(incident, service, transition);
    append_entry(incident, transition.confirmed_at, IncidentStep::escalated, body, evidence);
    return IncidentUpdate{std::move(incident), {IncidentStep::escalated}};
  }
  if (transition.from == Verdict::unknown && transition.to == incident.worst) return std::nullopt;
  if (transition.to == incident.worst) take_cause(incident, service, transition);
  append_entry(incident, transition.confirmed_at, IncidentStep::updated, body, evidence);
  return IncidentUpdate{std::move(incident), {}};
}

bool reopens(const Service& service, const std::optional<Incident>& last_resolved, const Transition& transition) {
  if (service.reopen <= milliseconds(0) || !last_resolved || !last_resolved->resolved_at) return false;
  const milliseconds gap = transition.at - *last_resolved->resolved_at;
  return gap <= service.reopen && gap >= -service.reopen;  // far before: the wall clock had leapt ahead and came back
}

// What gives way beyond the limit: the newest but the last without public words, else the newest of our own; what people
// told the public goes last. The beginning and the end tell the most.
std::vector<TimelineEntry>::const_iterator least_needed(const std::vector<TimelineEntry>& timeline) {
  const auto newest = [&](const auto& gives_way) {
    const auto found = std::find_if(timeline.rbegin() + 1, timeline.rend() - 1, gives_way);
    return found == timeline.rend() - 1 ? timeline.end() : found.base() - 1;
  };
  auto entry = newest([](const TimelineEntry& one) { return one.body.empty(); });
  if (entry == timeline.end()) entry = newest([](const TimelineEntry& one) { return one.author.empty(); });
  return entry == timeline.end() ? timeline.end() - 2 : entry;
}

// 10 characters of the time, so that ids sort by it, 16 of the hash.
IncidentId spell_incident_id(std::uint64_t at, const std::string& hash) {
  std::string text;
  append_base32(text, at & ((1ULL << 48) - 1), 50);
  append_base32(text, read_hex(std::string_view(hash).substr(0, 10)), 40);
  append_base32(text, read_hex(std::string_view(hash).substr(10, 10)), 40);
  return IncidentId(std::move(text));
}

}  // namespace

// `before`: what tells it from another of this time; empty: nothing is known.
IncidentId make_incident_id(const ServiceId& service, WallTime opened_at, std::string_view before) {
  const auto at = static_cast<std::uint64_t>(opened_at.time_since_epoch().count());
  const std::string time = std::to_string(at);
  return spell_incident_id(
      at, before.empty() ? stable_key({service.value(), time}) : stable_key({service.value(), time, before}));
}

IncidentId make_requested_incident_id(const ServiceId& service, WallTime opened_at, std::string_view who,
                                      std::string_view key) {
  const auto at = static_cast<std::uint64_t>(opened_at.time_since_epoch().count());
  return spell_incident_id(at, stable_key({"requested", service.value(), who, key}));
}

bool has_room_for_words(const Incident& incident) {
  const auto stays = [](const TimelineEntry& one) { return !one.body.empty() && !one.author.empty(); };
  return static_cast<std::size_t>(std::count_if(incident.timeline.begin(), incident.timeline.end(), stays)) <
         timeline_limit - room_of_our_own;
}

void append_entry(Incident& incident, WallTime at, IncidentStep step, std::string body, const std::string& evidence,
                  const std::string& author) {
  const std::uint32_t ordinal = incident.timeline.empty() ? 1 : incident.timeline.back().ordinal + 1;
  if (incident.timeline.size() >= timeline_limit) incident.timeline.erase(least_needed(incident.timeline));
  incident.timeline.push_back({ordinal, at, step, incident.state, std::move(body), clip_evidence(evidence), author});
}

IncidentId incident_id(const ServiceId& service, WallTime opened_at) {
  return make_incident_id(service, opened_at, {});
}

Severity severity_of(const Service& service, Verdict verdict) {
  return service.severity.value_or(verdict == Verdict::down ? Severity::major : Severity::minor);
}

std::optional<IncidentUpdate> advance_incident(const Service& service, const std::optional<Incident>& open,
                                               const std::optional<Incident>& last_resolved,
                                               const Transition& transition, const std::string& evidence,
                                               const Before& before) {
  switch (transition.to) {
    case Verdict::unknown: return std::nullopt;
    case Verdict::up:
      if (!open) return std::nullopt;
      return resolve_incident(service, *open, transition);
    case Verdict::degraded:
    case Verdict::down: break;
  }
  if (open) return continue_incident(service, *open, transition, evidence);
  if (reopens(service, last_resolved, transition))
    return reopen_incident(service, *last_resolved, transition, evidence);
  return open_incident(service, last_resolved, transition, evidence, before);
}

bool is_automatic_incident(const Incident& incident) {
  return incident.group.empty() && incident.refusing.empty() &&
         (incident.timeline.empty() || incident.timeline.front().author.empty());
}

IncidentUpdate acknowledge_incident(Incident incident, WallTime now, const std::string& who) {
  incident.acknowledged_at = now;
  incident.acknowledged_by = who;
  append_entry(incident, now, IncidentStep::acknowledged, "", "", who);
  return {std::move(incident), {IncidentStep::acknowledged}};
}

IncidentUpdate remind_of_incident(Incident incident, WallTime now) {
  append_entry(incident, now, IncidentStep::reminder, "", "");
  return {std::move(incident), {IncidentStep::reminder}};
}

IncidentUpdate explain_incident(Incident incident, WallTime now, std::string diagnosis) {
  append_entry(incident, now, IncidentStep::updated, "", diagnosis);
  incident.diagnosis = std::move(diagnosis);
  return {std::move(incident), {IncidentStep::updated}};
}

IncidentUpdate start_flapping(const Service& service, const std::optional<Incident>& open,
                              const std::optional<Incident>& last_resolved, const Transition& standing,
                              const std::string& evidence, const Before& before) {
  Transition worse = standing;
  const bool fails = standing.to == Verdict::down || standing.to == Verdict::degraded;
  if (!fails) {
    worse.to = Verdict::degraded;
    worse.at = standing.confirmed_at;
  }
  IncidentUpdate update{open.value_or(Incident{}), {}};
  if (!open) {
    update = reopens(service, last_resolved, worse) ? reopen_incident(service, *last_resolved, worse, evidence)
                                                    : open_incident(service, last_resolved, worse, evidence, before);
    update.incident.timeline.pop_back();
  }
  update.incident.flapping = true;
  update.incident.title = fmt::format("{} is flapping", service.name);
  append_entry(update.incident, standing.confirmed_at, IncidentStep::flapping_started,
               fmt::format("{}: its state changes again and again", update.incident.title), evidence);
  update.steps = {IncidentStep::flapping_started};
  return update;
}

IncidentUpdate stop_flapping(const Service& service, Incident incident, const Transition& standing) {
  incident.flapping = false;
  if (standing.to == Verdict::up) {
    incident.state = IncidentState::resolved;
    const bool up_since_then = standing.at > incident.opened_at;
    incident.resolved_at = std::max(up_since_then ? standing.at : standing.confirmed_at, incident.opened_at);
    append_entry(incident, standing.confirmed_at, IncidentStep::flapping_stopped,
                 fmt::format("{} is stable and up again after {}", service.name,
                             describe_duration(lasted(incident, *incident.resolved_at))),
                 "");
  } else {
    incident.worst = standing.to;
    take_cause(incident, service, standing);
    append_entry(incident, standing.confirmed_at, IncidentStep::flapping_stopped,
                 fmt::format("No longer flapping: {}: {}", incident.title, words_of(service, standing)), "");
  }
  return {std::move(incident), {IncidentStep::flapping_stopped}};
}

IncidentUpdate end_incident(Incident incident, WallTime now, const std::string& why) {
  incident.flapping = false;
  incident.state = IncidentState::resolved;
  incident.resolved_at = std::max(now, incident.opened_at);
  append_entry(incident, now, IncidentStep::resolved, why, "");
  return {std::move(incident), {IncidentStep::resolved}};
}

IncidentUpdate abandon_incident(Incident incident, WallTime now, const std::string& why) {
  IncidentUpdate update = end_incident(std::move(incident), now, why);
  update.incident.unwatched = true;
  return update;
}

}  // namespace allclear
