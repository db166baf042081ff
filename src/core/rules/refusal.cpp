#include "core/rules/refusal.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/evidence.h"

namespace allclear {

bool is_refusal(const Incident& incident) { return !incident.refusing.empty(); }

IncidentUpdate begin_refusal(const ChannelId& channel, const std::string& answer, WallTime now) {
  Incident refusal;
  refusal.service = monitor_service();
  refusal.refusing = channel;
  refusal.opened_at = now;
  refusal.id = incident_id(ServiceId(fmt::format("{}/refusing/{}", monitor_service().value(), channel.value())), now);
  refusal.title = fmt::format("The channel {} does not take alerts", channel.value());
  refusal.worst = Verdict::down;
  refusal.severity = Severity::major;
  refusal.reason = Reason::ok;  // no check found it
  std::string body = fmt::format(
      "{}: one was given up, and others may be. They are kept as dead letters and can be sent again by hand once the "
      "channel is mended.",
      refusal.title);
  refusal.timeline.push_back({1, now, IncidentStep::opened, refusal.state, std::move(body), clip_evidence(answer), {}});
  if (!answer.empty()) refusal.diagnosis = clip_evidence("It answered: " + answer);
  return {std::move(refusal), {IncidentStep::opened}};
}

IncidentUpdate end_refusal(Incident refusal, WallTime now) {
  return end_incident(std::move(refusal), now,
                      "The channel takes alerts again. Dead letters wait for a replay by hand.");
}

IncidentUpdate end_of_channel(Incident refusal, WallTime now) {
  return abandon_incident(std::move(refusal), now, "The channel was removed from the configuration.");
}

std::vector<ChannelId> told_of_refusals(std::span<const ChannelId> own_alerts, std::span<const ChannelId> refusing) {
  std::vector<ChannelId> told;
  std::copy_if(own_alerts.begin(), own_alerts.end(), std::back_inserter(told), [&](const ChannelId& channel) {
    return std::find(refusing.begin(), refusing.end(), channel) == refusing.end();
  });
  return told;
}

}  // namespace allclear
