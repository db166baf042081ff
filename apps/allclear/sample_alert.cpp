#include "apps/allclear/sample_alert.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace allclear::app {
namespace {

constexpr std::chrono::minutes lasted{5};

std::shared_ptr<const Service> sample_service() {
  auto service = std::make_shared<Service>();
  service->id = ServiceId("sample");
  service->name = "Sample service";
  service->visibility = Visibility::internal;  // no page tells of it
  return service;
}

std::string text_of(const ChannelId& channel) {
  return fmt::format("This is a sample: somebody ran \"allclear alert test {}\". Nothing is wrong", channel.value());
}

}  // namespace

Notice sample_alert(const ChannelId& channel, IncidentStep step, const std::string& page_url, WallTime now) {
  Notice notice;
  notice.service = sample_service();
  notice.page_url = page_url;
  Incident& incident = notice.incident;
  incident.id = IncidentId("sample");
  incident.service = notice.service->id;
  incident.title = "Sample service is down (a sample)";
  incident.worst = Verdict::down;
  incident.severity = Severity::major;
  incident.opened_at = now - lasted;
  if (step == IncidentStep::resolved) {
    incident.resolved_at = now;
    incident.state = IncidentState::resolved;
  }
  if (step == IncidentStep::acknowledged) {
    incident.acknowledged_at = now;
    incident.acknowledged_by = "allclear alert test";
  }
  incident.timeline = {{1, now, step, incident.state, text_of(channel), "", ""}};
  Alert& alert = notice.alert;
  alert.id =
      AlertId(stable_key({"sample", to_string(step), channel.value(), std::to_string(now.time_since_epoch().count())}));
  alert.incident = incident.id;
  alert.service = incident.service;
  alert.ordinal = 1;
  alert.step = step;
  alert.channel = channel;
  alert.created_at = alert.due_at = now;
  return notice;
}

}  // namespace allclear::app
