#include "tests/sim/mutations.h"

#include <algorithm>

namespace allclear::sim {
namespace {

constexpr MutationCase cases[] = {
    {Mutation::recovery_dropped_on_send_error, "recovery_dropped_on_send_error", "counts as sent and never arrived"},
    {Mutation::beginning_dropped_on_send_error, "beginning_dropped_on_send_error", "up without down"},
    {Mutation::told_before_stored, "told_before_stored", "told before it was stored"},
    {Mutation::recovery_from_unknown_not_told, "recovery_from_unknown_not_told", "never hears of the end"},
    {Mutation::recovery_told_to_all, "recovery_told_to_all", "up without down"},
    {Mutation::told_again_after_restart, "told_again_after_restart", "told again"},
    {Mutation::incidents_forgotten_at_restart, "incidents_forgotten_at_restart", "a restart lost an open incident"},
    {Mutation::marked_sent_before_sending, "marked_sent_before_sending", "counts as sent and never arrived"},
    {Mutation::recovery_lost_over_reload, "recovery_lost_over_reload", "never hears of the end"},
    {Mutation::owed_dropped_at_reload, "owed_dropped_at_reload", "counts as sent and never arrived"},
    {Mutation::two_drivers_send_the_same, "two_drivers_send_the_same", "two are telling it at once"},
    {Mutation::recovery_of_held_dropped, "recovery_of_held_dropped", "never hears of the end"},
    {Mutation::hanging_channel_stops_checks, "hanging_channel_stops_checks", "was not checked for"},
    {Mutation::no_anchors, "no_anchors", "told of although our own network is gone"},
    {Mutation::no_grouping, "no_grouping", "more single messages in a storm"},
    {Mutation::no_dependencies, "no_dependencies", "told of although its parent is down"},
    {Mutation::zone_stands_still, "zone_stands_still", "an alert inside maintenance"},
    {Mutation::schedule_on_wall_clock, "schedule_on_wall_clock", "was not checked for"},
    {Mutation::acknowledgement_ignored, "acknowledgement_ignored", "although somebody looks after it"},
    {Mutation::pings_not_heard, "pings_not_heard", "missed although it pinged in time"},
    {Mutation::grace_without_end, "grace_without_end", "up although no ping came"},
    {Mutation::failed_commit_taken_as_stored, "failed_commit_taken_as_stored", "does not replay"},
};

void drop_word_of_the_end(Decision& decision) {
  std::erase_if(decision.alerts, [](const Alert& alert) { return alert.step == IncidentStep::resolved; });
}

std::shared_ptr<const Maintenance> without_changes(const Maintenance& maintenance) {
  auto spoiled = std::make_shared<Maintenance>(maintenance);
  auto zone = std::make_shared<ZoneRules>(*maintenance.zone);
  // As before the first change: an hour (or half of it) beside what holds after it.
  zone->changes.clear();
  spoiled->zone = std::move(zone);
  return spoiled;
}

std::shared_ptr<const Service> without_parents(const Service& service) {
  auto spoiled = std::make_shared<Service>(service);
  spoiled->depends_on = std::vector<ServiceId>();
  return spoiled;
}

std::shared_ptr<const Service> with_endless_grace(const Service& service) {
  auto spoiled = std::make_shared<Service>(service);
  for (auto& check : spoiled->checks) {
    if (!std::holds_alternative<HeartbeatTarget>(check->target)) continue;
    auto patient = std::make_shared<Check>(*check);
    std::get<HeartbeatTarget>(patient->target).grace += std::chrono::hours(1'000);
    check = std::move(patient);
  }
  return spoiled;
}

template <class Change>
void each_service(Catalogue& catalogue, const Change& change) {
  for (auto& service : catalogue.services) service = change(*service);
}

}  // namespace

std::span<const MutationCase> all_mutations() { return cases; }

std::shared_ptr<const Catalogue> Mutant::spoil(std::shared_ptr<const Catalogue> catalogue) {
  catalogue_ = catalogue;
  auto spoiled = std::make_shared<Catalogue>(*catalogue);
  if (is(Mutation::no_anchors))
    std::erase_if(spoiled->services, [](const auto& service) { return service->id == monitor_service(); });
  if (is(Mutation::no_grouping)) spoiled->grouping.threshold = 1'000'000;
  if (is(Mutation::no_dependencies)) each_service(*spoiled, without_parents);
  if (is(Mutation::grace_without_end)) each_service(*spoiled, with_endless_grace);
  if (is(Mutation::zone_stands_still)) {
    for (auto& maintenance : spoiled->maintenances) maintenance = without_changes(*maintenance);
  }
  return spoiled;
}

StoredState Mutant::spoil(StoredState stored) const {
  if (is(Mutation::incidents_forgotten_at_restart)) stored.open_incidents.clear();
  return stored;
}

bool Mutant::parent_is_down(const ServiceId& service) const {
  for (const auto& each : catalogue_->services) {
    if (each->id != service) continue;
    return std::any_of(each->depends_on->begin(), each->depends_on->end(), [&](const ServiceId& parent) {
      const auto verdict = verdicts_.find(parent);
      return verdict != verdicts_.end() && verdict->second == Verdict::down;
    });
  }
  return false;
}

void Mutant::tell_all(Decision& decision) const {
  const Incident& incident = *decision.incident;
  if (incident.announced || incident.open() || !decision.alerts.empty()) return;
  Alert alert;
  alert.ordinal = incident.timeline.back().ordinal;
  alert.channel = ChannelId("ops");
  alert.id = alert_id(incident.id, alert.ordinal, alert.channel);
  alert.incident = incident.id;
  alert.service = incident.service;
  alert.step = incident.timeline.back().step;
  alert.created_at = alert.due_at = incident.timeline.back().at;
  decision.alerts.push_back(std::move(alert));
}

void Mutant::spoil(Decision& decision) {
  if (mutation_ == Mutation::none) return;
  if (decision.incident) {
    const Incident& incident = *decision.incident;
    const bool over = !incident.open();
    if (over && is(Mutation::recovery_lost_over_reload) && open_at_reload_.contains(incident.id))
      drop_word_of_the_end(decision);
    if (over && is(Mutation::recovery_of_held_dropped) && parent_is_down(decision.service))
      drop_word_of_the_end(decision);
    const bool from_unknown = decision.transition && decision.transition->from == Verdict::unknown;
    if (over && is(Mutation::recovery_from_unknown_not_told) && from_unknown) drop_word_of_the_end(decision);
    if (is(Mutation::recovery_told_to_all)) tell_all(decision);
    if (over)
      open_.erase(incident.id);
    else
      open_.insert(incident.id);
  }
  if (decision.service_state) verdicts_[decision.service] = decision.service_state->verdict;
}

Result<std::vector<Alert>> SpoiledOutbox::claim(WallTime now, milliseconds lease, std::size_t limit,
                                                const std::vector<ChannelId>& busy) {
  auto claimed = outbox_.claim(now, lease, limit, busy);
  if (mutant_.is(Mutation::marked_sent_before_sending)) {
    for (const Alert& alert : *claimed)
      static_cast<void>(outbox_.settle(alert.id, {DeliveryOutcome::sent, milliseconds(0), "ok"}, now));
  }
  if (mutant_.is(Mutation::two_drivers_send_the_same)) {
    const std::vector<Alert> own = *claimed;
    claimed->insert(claimed->end(), claimed_.begin(), claimed_.end());
    claimed_.assign(own.begin(), own.end());
  }
  return claimed;
}

// As if whoever could not be told did not matter.
bool SpoiledOutbox::drops(const AlertId& id, const Delivery& delivery) const {
  const bool recovery = mutant_.is(Mutation::recovery_dropped_on_send_error);
  const bool beginning = mutant_.is(Mutation::beginning_dropped_on_send_error);
  if (delivery.outcome != DeliveryOutcome::retry_after || (!recovery && !beginning)) return false;
  const IncidentStep step = (*queries_.alert(id))->alert.step;
  return recovery ? step == IncidentStep::resolved : step == IncidentStep::opened || step == IncidentStep::reopened;
}

Result<void> SpoiledOutbox::settle(const AlertId& id, const Delivery& delivery, WallTime now) {
  if (drops(id, delivery)) return outbox_.settle(id, {DeliveryOutcome::sent, milliseconds(0), "not told"}, now);
  return outbox_.settle(id, delivery, now);
}

}  // namespace allclear::sim
