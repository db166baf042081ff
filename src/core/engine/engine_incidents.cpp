// What incidents owe as time goes by, and what people do about them.
#include <algorithm>

#include <fmt/format.h>

#include "base/time.h"
#include "core/engine/engine_state.h"
#include "core/rules/incident_lifecycle.h"
#include "core/rules/routing.h"

namespace allclear {
namespace {

constexpr milliseconds noticeable_set_back = std::chrono::minutes(1);

OperationResult not_found(std::string what) { return {OperationOutcome::not_found, std::move(what), std::nullopt}; }

// Also to whoever did it and asks again: that it was done before is what a person needs to know.
OperationResult looked_after(const Incident& incident) {
  return {OperationOutcome::refused,
          fmt::format("{} acknowledged it at {}", incident.acknowledged_by, format_rfc3339(*incident.acknowledged_at)),
          std::nullopt};
}

const char* nothing_runs(const Service& service) {
  return service.enabled ? "the service has no check that could be started now" : "the service is paused";
}

Routing routing_for(const Roster& roster, std::size_t row) {
  return {*roster.service(row).service->alerts, roster.channels()};
}

}  // namespace

// A wait that began later than now began by a clock that was set back since. How long ago only who was there knows; for
// whoever was away it is over.
void Engine::State::plan_follow_up(std::size_t row, const Instant& now, Absence absence) {
  const auto& open = roster.service(row).open_incident;
  std::vector<NextWord> words;
  if (open && !roster.row(row).maintenance) words = next_words(routing_for(roster, row), *open);
  for (NextWord& word : words) {
    const bool lost = absence == Absence::over && word.at - word.longest > now.wall + noticeable_set_back;
    if (lost) word.longest = milliseconds(0);
  }
  follow_ups.plan(row, words, now);
}

void Engine::State::plan_all_follow_ups(const Instant& now, Absence absence) {
  follow_ups.clear();
  for (std::size_t row = 0; row < roster.row_count(); ++row) plan_follow_up(row, now, absence);
}

void Engine::State::take_due_follow_ups(const Instant& now) {
  for (const FollowUps::Due& due : follow_ups.take_due(now)) {
    follow_ups.touch(due.row);
    const auto& open = roster.service(due.row).open_incident;
    if (!open || roster.row(due.row).maintenance) continue;  // which may have begun in this very turn
    auto owed = follow_up(routing_for(roster, due.row), *open, due.words, now.wall);
    if (!owed) continue;
    Decision decision;
    decision.service = open->service;
    decision.incident = std::move(owed->incident);
    decision.alerts = std::move(owed->alerts);
    record(due.row, std::move(decision));
  }
}

OperationResult Engine::State::carry_out(const CheckNow& action, const Asker&, const Instant& now) {
  const auto index = roster.find_row(action.service);
  if (!index) return not_found("there is no such service");
  if (!recheck(*index, now.monotonic))
    return {OperationOutcome::refused, nothing_runs(*roster.service(*index).service), std::nullopt};
  return {};
}

OperationResult Engine::State::carry_out(const Acknowledge& action, const Asker& asker, const Instant& now) {
  const Incident* own = by_hand.find(action.incident);
  if (own != nullptr && own->open()) {
    if (own->acknowledged_at) return looked_after(*own);
    return store_by_hand(acknowledge_incident(*own, now.wall, asker.who), now);
  }
  const auto row = row_of_open(action.incident);
  if (!row) return not_found("there is no such open incident");
  const auto& open = roster.service(*row).open_incident;
  if (open->acknowledged_at) return looked_after(*open);
  IncidentUpdate update = acknowledge_incident(*open, now.wall, asker.who);
  Decision decision;
  decision.service = open->service;
  decision.alerts = route(routing_for(roster, *row), update, now.wall);
  decision.incident = update.incident;
  record(*row, std::move(decision));
  return {OperationOutcome::done, {}, std::move(update.incident)};
}

}  // namespace allclear
