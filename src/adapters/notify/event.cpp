#include "adapters/notify/event.h"

#include <fmt/format.h>

#include "adapters/notify/message.h"
#include "base/json.h"
#include "base/time.h"

namespace allclear::notify {
namespace {

OrderedJson service_of(const Notice& notice) {
  OrderedJson service;
  service["id"] = notice.alert.service.value();
  service["name"] = notice.service ? notice.service->name.value() : notice.alert.service.value();
  const bool grouped = notice.service && !notice.service->group.empty();
  service["group"] = grouped ? OrderedJson(notice.service->group.value()) : OrderedJson(nullptr);
  service["state"] = std::string(to_string(state_of(notice.incident)));
  return service;
}

OrderedJson time_or_null(const std::optional<WallTime>& time) {
  return time ? OrderedJson(format_rfc3339(*time)) : OrderedJson(nullptr);
}

OrderedJson incident_of(const Incident& incident) {
  OrderedJson out;
  out["id"] = incident.id.value();
  out["service"] = incident.service.value();
  out["affects"] = OrderedJson::array({incident.service.value()});
  for (const ServiceId& service : incident.affects) out["affects"].push_back(service.value());
  out["title"] = incident.title;
  out["severity"] = std::string(to_string(incident.severity));
  out["state"] = std::string(to_string(incident.state));
  out["started_at"] = format_rfc3339(incident.opened_at);
  out["ended_at"] = time_or_null(incident.resolved_at);
  out["duration_s"] = nullptr;
  if (incident.resolved_at)
    out["duration_s"] = std::chrono::floor<seconds>(lasted(incident, *incident.resolved_at)).count();
  out["reason"] = std::string(to_string(incident.reason));
  OrderedJson updates = OrderedJson::array();
  for (const TimelineEntry& entry : incident.timeline) {
    if (entry.body.empty()) continue;
    OrderedJson update;
    update["at"] = format_rfc3339(entry.at);
    update["state"] = std::string(to_string(entry.state));
    update["body"] = entry.body;
    updates.push_back(std::move(update));
  }
  out["updates"] = std::move(updates);
  return out;
}

OrderedJson transition_of(const Notice& notice) {
  const TimelineEntry* entry = entry_of(notice);
  OrderedJson out;
  out["step"] = std::string(to_string(notice.alert.step));
  out["at"] = format_rfc3339(time_of(notice));
  out["text"] = entry != nullptr && !entry->body.empty() ? entry->body : body_of(notice);
  return out;
}

}  // namespace

std::string event_type(const Incident& incident, IncidentStep step) {
  if (!incident.group.empty()) return "dev.allclear.group";
  if (step == IncidentStep::flapping_started) return "dev.allclear.flapping.started";
  if (step == IncidentStep::flapping_stopped) return "dev.allclear.flapping.stopped";
  const bool begins = step == IncidentStep::opened || step == IncidentStep::reopened;
  if (incident.service == monitor_service() && begins)
    return incident.refusing.empty() ? "dev.allclear.monitor.blind" : "dev.allclear.monitor.dead_letters";
  const IncidentStep told = step == IncidentStep::reopened ? IncidentStep::opened : step;
  return fmt::format("dev.allclear.incident.{}", to_string(told));
}

std::string render_event(const Notice& notice) {
  OrderedJson event;
  event["specversion"] = "1.0";
  event["id"] = notice.alert.id.value();
  event["source"] = notice.page_url.empty() ? "allclear" : notice.page_url;
  event["type"] = event_type(notice.incident, notice.alert.step);
  event["subject"] = notice.alert.service.value();
  event["time"] = format_rfc3339(time_of(notice));
  event["datacontenttype"] = "application/json";
  OrderedJson& data = event["data"];
  data["service"] = service_of(notice);
  data["incident"] = incident_of(notice.incident);
  data["transition"] = transition_of(notice);
  data["diagnosis"] = notice.incident.diagnosis.empty() ? OrderedJson(nullptr) : OrderedJson(notice.incident.diagnosis);
  data["links"]["page"] = notice.page_url.empty() ? OrderedJson(nullptr) : OrderedJson(notice.page_url + "/");
  const std::string incident = incident_link(notice);
  data["links"]["incident"] = incident.empty() ? OrderedJson(nullptr) : OrderedJson(incident);
  return event.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace allclear::notify
