// Channels that do not take what they are sent: one incident each, told to the others (R5).
#include <algorithm>
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
  for (const StoredDeliveries& seen : stored.deliveries) follow_up_deliveries(seen, stored, now);
  end_gone_refusals(now);
}

// A dead letter that nobody was told of before the stop is told of now; how long all is well since counts on.
void Engine::State::follow_up_deliveries(const StoredDeliveries& seen, const StoredState& stored, const Instant& now) {
  const auto told_of_it = [&](const Incident& incident) {
    return incident.refusing == seen.channel &&
           (incident.resolved_at >= seen.rejected_at || seen.rejected_at > now.wall);  // by a clock set back since
  };
  const bool untold = seen.rejected_at && !refusals.by_channel.contains(seen.channel) &&
                      std::none_of(stored.recent_incidents.begin(), stored.recent_incidents.end(), told_of_it);
  if (untold && roster.channels().contains(seen.channel))
    tell_of_refusal(seen.channel, begin_refusal(seen.channel, seen.answer, now.wall), now);
  const auto known = refusals.by_channel.find(seen.channel);
  if (known == refusals.by_channel.end() || !seen.sent_at || seen.rejected_at > seen.sent_at) return;
  const milliseconds calm = std::clamp(now.wall - *seen.sent_at, milliseconds(0), calm_after_refusal);
  known->second.ends_at = now.monotonic + (calm_after_refusal - calm);
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
