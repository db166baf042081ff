// What failures come from: who is looked at, and how it gets into their incidents.
#include <utility>

#include <fmt/format.h>

#include "core/engine/engine_state.h"
#include "core/rules/evidence.h"
#include "core/rules/routing.h"

namespace allclear {
namespace {

constexpr int neighbours_asked = 3;
constexpr std::size_t neighbours_looked_at = 1'000;

bool tells_something_new(const Incident& incident, const Incident* before) {
  if (incident.timeline.empty() || !tells_of_worse(incident.timeline.back().step)) return false;
  return before == nullptr || before->timeline.empty() || before->id != incident.id ||
         before->timeline.back().ordinal != incident.timeline.back().ordinal;
}

// What is known about the one is known about the other.
bool same_failure(const Incident& incident, const Incident* before) {
  return before != nullptr && before->id == incident.id && before->cause == incident.cause &&
         before->reason == incident.reason;
}

void count(const CheckState& state, Neighbours& neighbours) {
  if (state.last_verdict == Verdict::unknown) return;
  ++(state.last_verdict == Verdict::down ? neighbours.failing : neighbours.fine);
}

}  // namespace

// Of every result that was judged. `before`: the check's state without it.
void Engine::State::follow_failure(SlotIndex slot, const CheckState& before, const CheckResult& result) {
  if (waits_for_pings(slot) || is_anchor(slot) || !runs(slot)) return;
  const CheckKey& key = roster.key(slot);
  if (!fails(result.verdict)) {
    if (result.verdict == Verdict::up && roster.state(slot).verdict == Verdict::up) investigations.end(key);
    return;
  }
  const auto& open = roster.service(roster.row_of(slot)).open_incident;
  const bool told_of = open && open->cause == key.check && open->reason == result.reason;
  const bool explained = told_of && !open->diagnosis.empty() && investigations.find(key) == nullptr;
  if (explained || !investigations.note(key, result)) return;
  if (before.last_verdict == Verdict::up) {
    investigations.find(key)->last_good =
        LastGood{before.last_at, before.last_latency, before.last_phases.timings(), before.last_status_code};
  }
}

// By the time that it is confirmed it is known whether they fail, too.
void Engine::State::ask_neighbours(SlotIndex slot, MonotonicTime now) {
  if (pace == Pace::single_pass) return;
  const WallTime failing_since = roster.state(slot).at_least_degraded.first_at();
  const std::uint32_t row = roster.row_of(slot);
  const auto ask = [&](SlotIndex other) {
    const CheckState state = roster.state(other);
    const bool worth_it = other != slot && runs(other) && !waits_for_pings(other) && !is_anchor(other) &&
                          state.last_verdict == Verdict::up && state.last_at < failing_since;
    if (worth_it) schedule.expedite(other, now);
    return worth_it;
  };
  for (SlotIndex own = roster.row(row).first_slot; own < roster.row(row).end_slot(); ++own) ask(own);
  int asked = 0;
  std::size_t looked_at = 0;
  hosts.for_each(roster, host_of(roster.check(slot)->target), [&](SlotIndex other) {
    if (roster.row_of(other) != row && ask(other)) ++asked;
    return asked < neighbours_asked && ++looked_at < neighbours_looked_at;
  });
}

FailureView Engine::State::failure_view(SlotIndex slot, const Investigations::Investigation& investigation) {
  FailureView view;
  view.check = roster.check(slot).get();
  view.failure = &investigation.failure;
  view.last_good = investigation.last_good;
  view.evidence = investigation.evidence ? &*investigation.evidence : nullptr;
  const std::uint32_t row = roster.row_of(slot);
  const WallTime since = roster.state(slot).at_least_degraded.first_at();
  const auto heard_of = [&](SlotIndex other) { return runs(other) && roster.state(other).last_at >= since; };
  for (SlotIndex own = roster.row(row).first_slot; own < roster.row(row).end_slot(); ++own) {
    if (own == slot || !heard_of(own)) continue;
    const Role role = roster.check(own)->role;
    if (role == Role::reachability) count(roster.state(own), view.reachability);
    if (role == Role::application) count(roster.state(own), view.application);
  }
  std::uint32_t last_row = row;
  std::size_t looked_at = 0;
  hosts.for_each(roster, host_of(view.check->target), [&](SlotIndex other) {
    if (roster.row_of(other) != row && roster.row_of(other) != last_row && heard_of(other)) {
      last_row = roster.row_of(other);  // one check tells for its service
      count(roster.state(other), view.on_host);
    }
    return ++looked_at < neighbours_looked_at;
  });
  return view;
}

// What tells of something worse, or of another failure, says what it comes from, as far as is known by then: nothing of
// the failure before it.
void Engine::State::explain(std::size_t row, Decision& decision) {
  if (!decision.incident || !is_automatic_incident(*decision.incident)) return;
  Incident& incident = *decision.incident;
  const Incident* before = roster.service(row).open_incident.get();
  const bool same = same_failure(incident, before);
  if (same && !tells_something_new(incident, before)) return;
  if (!same) incident.diagnosis.clear();
  const CheckKey key{incident.service, incident.cause, local_location()};
  Investigations::Investigation* investigation = investigations.find(key);
  const auto slot = roster.find(key);
  if (investigation == nullptr || !slot) return;
  const auto diagnosis = diagnose(failure_view(*slot, *investigation), now_is.wall);
  if (!diagnosis) return;
  investigation->told = diagnosis->cause;
  incident.diagnosis = describe(*diagnosis);
  std::string& evidence = incident.timeline.back().evidence;
  evidence = clip_evidence(evidence.empty() ? diagnosis->verdict : evidence + " - " + diagnosis->verdict);
}

void Engine::State::look_around(MonotonicTime now, Commands& commands) {
  while (const auto key = investigations.depart()) {
    const auto slot = roster.find(*key);
    if (slot && runs(*slot)) {
      ask_neighbours(*slot, now);
      commands.emplace_back(GatherEvidence{roster.check(*slot), *key});
      continue;
    }
    investigations.landed();
    investigations.end(*key);
  }
}

// Late evidence: another cause than was told is told, too; the same one is noted.
void Engine::State::handle(const EvidenceGathered& event, const Instant& now, Commands&) {
  investigations.landed();
  Investigations::Investigation* investigation = investigations.find(event.key);
  const auto slot = roster.find(event.key);
  if (investigation == nullptr || !slot) return;
  investigation->evidence = event.evidence;
  const std::uint32_t row = roster.row_of(*slot);
  const auto& open = roster.service(row).open_incident;
  if (!open || open->cause != event.key.check || !is_automatic_incident(*open)) return;
  const auto diagnosis = diagnose(failure_view(*slot, *investigation), now.wall);
  if (!diagnosis) return;
  const bool is_news = investigation->told != diagnosis->cause && diagnosis->cause != Cause::passed &&
                       !open->flapping && !roster.row(row).maintenance;
  Decision decision;
  decision.service = open->service;
  if (is_news) {
    IncidentUpdate update = explain_incident(*open, now.wall, describe(*diagnosis));
    decision.alerts = route({*roster.service(row).service->alerts, roster.channels()}, update, now.wall);
    decision.incident = std::move(update.incident);
    investigation->told = diagnosis->cause;
  } else {
    decision.incident = *open;
    decision.incident->diagnosis = describe(*diagnosis);
  }
  record(row, std::move(decision));
}

}  // namespace allclear
