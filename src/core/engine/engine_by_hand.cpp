// What people do with incidents: their own and those that checks opened.
#include <algorithm>

#include <fmt/format.h>

#include "core/engine/engine_state.h"
#include "core/rules/incident_by_hand.h"
#include "core/rules/routing.h"

namespace allclear {
namespace {

constexpr std::size_t most_open = 1'000;
constexpr auto full = "180 public words are told of this incident already";

OperationResult refused(std::string why) { return {OperationOutcome::refused, std::move(why), std::nullopt}; }
OperationResult no_such_incident() {
  return {OperationOutcome::not_found, "there is no such open incident", std::nullopt};
}

}  // namespace

// The row whose check's open incident it is.
std::optional<std::size_t> Engine::State::row_of_open(const IncidentId& id) const {
  for (std::size_t row = 0; row < roster.row_count(); ++row) {
    const auto& open = roster.service(row).open_incident;
    if (open && open->id == id) return row;
  }
  return std::nullopt;
}

// Whoever any of its services tells.
std::vector<ChannelId> Engine::State::channels_of(const Incident& incident) const {
  std::vector<ServiceId> services{incident.service};
  services.insert(services.end(), incident.affects.begin(), incident.affects.end());
  std::vector<ChannelId> channels;
  for (const ServiceId& id : services) {
    const auto row = roster.find_row(id);
    if (!row) continue;
    for (const ChannelId& channel : *roster.service(*row).service->alerts) {
      if (std::find(channels.begin(), channels.end(), channel) == channels.end()) channels.push_back(channel);
    }
  }
  return channels;
}

OperationResult Engine::State::store_by_hand(IncidentUpdate update, const Instant& now) {
  const std::vector<ChannelId> channels = channels_of(update.incident);
  std::vector<Alert> alerts = route({channels, roster.channels()}, update, now.wall);
  by_hand.put(update.incident, now.wall);
  store_own(update.incident, std::move(alerts));
  return {OperationOutcome::done, {}, std::move(update.incident)};
}

OperationResult Engine::State::carry_out(const OpenIncident& action, const Asker& asker, const Instant& now) {
  for (const ServiceId& service : action.services) {
    if (!roster.find_row(service) || service == monitor_service())
      return refused(fmt::format("services: there is no service {}", service.value()));
  }
  if (by_hand.open_count() >= most_open) return refused("1,000 incidents that people opened are open already");
  if (const Incident* same = asker.key.empty() ? nullptr : by_hand.find_requested(asker.who, asker.key))
    return {OperationOutcome::done, {}, *same};
  IncidentUpdate update = open_by_hand(action, now.wall, asker.who, asker.key);
  if (const Incident* same = by_hand.find(update.incident.id)) return {OperationOutcome::done, {}, *same};
  return store_by_hand(std::move(update), now);
}

OperationResult Engine::State::carry_out(const UpdateIncident& action, const Asker& asker, const Instant& now) {
  const auto is_full = [&](const Incident& incident) {
    return action.audience == UpdateAudience::open && !has_room_for_words(incident);
  };
  const Incident* own = by_hand.find(action.incident);
  if (own != nullptr && own->open() && is_full(*own)) return refused(full);
  if (own != nullptr && own->open()) return store_by_hand(update_by_hand(*own, action, now.wall, asker.who), now);
  const auto row = row_of_open(action.incident);
  if (!row) return no_such_incident();
  if (is_full(*roster.service(*row).open_incident)) return refused(full);
  const Routing routing{*roster.service(*row).service->alerts, roster.channels()};
  IncidentUpdate update = update_by_hand(*roster.service(*row).open_incident, action, now.wall, asker.who);
  Decision decision;
  decision.service = update.incident.service;
  decision.alerts = route(routing, update, now.wall);
  decision.incident = update.incident;
  record(*row, std::move(decision));
  return {OperationOutcome::done, {}, std::move(update.incident)};
}

OperationResult Engine::State::carry_out(const ResolveIncident& action, const Asker& asker, const Instant& now) {
  if (row_of_open(action.incident)) {
    return refused(
        "a check opened this incident: it ends when its service is well; acknowledge it, or plan maintenance");
  }
  const Incident* own = by_hand.find(action.incident);
  if (own == nullptr) return no_such_incident();
  if (!own->open()) return {OperationOutcome::done, {}, *own};
  return store_by_hand(resolve_by_hand(*own, action.body, now.wall, asker.who), now);
}

OperationResult Engine::State::carry_out(const ReopenIncident& action, const Asker& asker, const Instant& now) {
  const Incident* own = by_hand.find(action.incident);
  if (own == nullptr) {
    return {OperationOutcome::not_found, "there is no such incident that a person opened and that ended within a day",
            std::nullopt};
  }
  if (own->open()) return {OperationOutcome::done, {}, *own};
  return store_by_hand(reopen_by_hand(*own, action.body, now.wall, asker.who), now);
}

}  // namespace allclear
