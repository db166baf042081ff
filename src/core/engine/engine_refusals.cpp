// Channels that do not take what they are sent: one incident each, told to the others (R5).
#include <utility>
#include <vector>

#include "core/engine/engine_state.h"
#include "core/rules/refusal.h"
#include "core/rules/routing.h"

namespace allclear {

void Engine::State::handle(const DeliverySettled& event, const Instant& now, Commands&) {
  const auto known = refusals.by_channel.find(event.channel);
  const bool refuses = known != refusals.by_channel.end();
  switch (event.outcome) {
    case DeliveryOutcome::sent:
      if (refuses && known->second.ends_at == MonotonicTime::max())
        known->second.ends_at = now.monotonic + calm_after_refusal;
      break;
    case DeliveryOutcome::rejected:
      if (refuses)
        known->second.ends_at = MonotonicTime::max();
      else if (roster.channels().contains(event.channel))
        tell_of_refusal(event.channel, begin_refusal(event.channel, event.answer, now.wall), now);
      break;
    case DeliveryOutcome::retry_after: break;
  }
}

// Stored with the alerts that it owes; what is open is kept.
void Engine::State::tell_of_refusal(const ChannelId& channel, IncidentUpdate update, const Instant& now) {
  std::vector<ChannelId> refusing{channel};
  for (const auto& [other, refusal] : refusals.by_channel) refusing.push_back(other);
  const std::vector<ChannelId> told = told_of_refusals(*own_alerts, refusing);
  ChannelPolicies policies = roster.channels();  // which, but not when: nobody acknowledges it
  for (auto& [id, policy] : policies) policy.after = milliseconds(0);
  std::vector<Alert> alerts = route({told, policies}, update, now.wall);
  if (update.incident.open())
    refusals.by_channel[channel] = {update.incident};
  else
    refusals.by_channel.erase(channel);
  store_own(std::move(update.incident), std::move(alerts));
}

void Engine::State::take_due_refusals(const Instant& now) {
  std::vector<ChannelId> over;
  for (const auto& [channel, refusal] : refusals.by_channel) {
    if (refusal.ends_at <= now.monotonic) over.push_back(channel);
  }
  for (const ChannelId& channel : over)
    tell_of_refusal(channel, end_refusal(refusals.by_channel.at(channel).incident, now.wall), now);
}

void Engine::State::restore_refusals(const StoredState& stored, const Instant& now) {
  refusals = {};
  for (const Incident& incident : stored.open_incidents) {
    if (is_refusal(incident)) refusals.by_channel[incident.refusing] = {incident};
  }
  end_gone_refusals(now);
}

void Engine::State::end_gone_refusals(const Instant& now) {
  std::vector<ChannelId> gone;
  for (const auto& [channel, refusal] : refusals.by_channel) {
    if (!roster.channels().contains(channel)) gone.push_back(channel);
  }
  for (const ChannelId& channel : gone)
    tell_of_refusal(channel, end_of_channel(refusals.by_channel.at(channel).incident, now.wall), now);
}

}  // namespace allclear
