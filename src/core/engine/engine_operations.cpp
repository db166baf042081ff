// What people ask for: once under one key, and only of what still stands as they saw it.
#include "core/engine/engine_state.h"

namespace allclear {
namespace {

const IncidentId* subject(const decltype(Operation::action)& action) {
  return std::visit(
      [](const auto& one) -> const IncidentId* {
        if constexpr (requires { one.incident; }) return &one.incident;
        return nullptr;
      },
      action);
}

}  // namespace

const Incident* Engine::State::find_incident(const IncidentId& id) const {
  if (const Incident* own = by_hand.find(id)) return own;
  const auto row = row_of_open(id);
  return row ? roster.service(*row).open_incident.get() : nullptr;
}

void Engine::State::handle(const Operated& event, const Instant& now, Commands&) {
  OperationResult result = carry_out(event.operation, now);
  ServiceId service = result.incident ? result.incident->service : ServiceId();
  if (const auto* ping = std::get_if<Ping>(&event.operation.action)) service = ping->service;
  if (result.maintenance) service = monitor_service();
  if (!event.operation.key.empty()) repeats.put(event.operation, service, result, now.monotonic);
  replies.put(event.ticket, std::move(result), std::move(service));
}

OperationResult Engine::State::carry_out(const Operation& operation, const Instant& now) {
  if (!operation.key.empty()) {
    if (const Repeats::Done* done = repeats.find(operation, now.monotonic)) {
      if (done->fingerprint == operation.fingerprint) return tell_again(*done);
      return {OperationOutcome::key_reused, "this Idempotency-Key was another request's"};
    }
  }
  const IncidentId* id = operation.seen ? subject(operation.action) : nullptr;
  const Incident* incident = id != nullptr ? find_incident(*id) : nullptr;
  if (incident != nullptr && incident->timeline.back().ordinal != *operation.seen)
    return {OperationOutcome::stale, "the incident is not as If-Match says any more: look again"};
  const Asker asker{operation.who, operation.key};
  return std::visit([&](const auto& action) { return carry_out(action, asker, now); }, operation.action);
}

// As it stands now, or as it stood when it is over.
OperationResult Engine::State::tell_again(const Repeats::Done& done) const {
  if (!done.incident) return {OperationOutcome::done, {}, std::nullopt, done.maintenance};
  const Incident* incident = find_incident(done.incident->id);
  return {OperationOutcome::done, {}, incident != nullptr ? *incident : *done.incident};
}

}  // namespace allclear
