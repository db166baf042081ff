#include "adapters/api/status_json.h"

namespace allclear::api {
namespace {

void write_ratio(JsonWriter& json, std::string_view key, const std::optional<double>& ratio) {
  json.key(key);
  ratio ? json.number(truncate_ratio(*ratio), 4) : json.null();
}

void write_rollup(JsonWriter& json, const Rollup& rollup) {
  json.key("status").begin_object();
  json.key("indicator").text(to_string(rollup.indicator));
  json.key("description").text(rollup.description);
  json.key("counts").begin_object();
  json.key("up").integer(rollup.counts.up).key("degraded").integer(rollup.counts.degraded);
  json.key("down").integer(rollup.counts.down).key("maintenance").integer(rollup.counts.maintenance);
  json.key("unknown").integer(rollup.counts.unknown).end_object();
  json.end_object();
}

void write_days(JsonWriter& json, const std::vector<DayView>& days, int count) {
  json.key("days").begin_array();
  for (auto day = days.end() - count; day != days.end(); ++day) {
    json.begin_object().key("date").text(format_date(day->day)).key("state").text(to_string(day->state));
    write_ratio(json, "uptime", day->uptime());
    json.end_object();
  }
  json.end_array();
}

void write_service(JsonWriter& json, const ServiceView& service, int days) {
  json.begin_object();
  json.key("id").text(service.id.value()).key("name").text(service.name).key("group");
  service.group.empty() ? json.null() : json.text(service.group);
  json.key("state").text(to_string(service.state));
  json.key("since").time_or_null(service.since);
  json.key("last_checked_at").time_or_null(service.last_checked_at);
  json.key("latency_ms");
  service.latency ? json.number(to_milliseconds(*service.latency), 1) : json.null();
  json.key("reason").text(to_string(service.reason));
  json.key("uptime").begin_object();
  write_ratio(json, "24h", service.uptime.day);
  write_ratio(json, "7d", service.uptime.week);
  write_ratio(json, "30d", service.uptime.month);
  write_ratio(json, "90d", service.uptime.quarter);
  json.end_object();
  if (days > 0) write_days(json, service.days, days);
  json.end_object();
}

}  // namespace

std::vector<const TimelineEntry*> public_updates(const Incident& incident) {
  std::vector<const TimelineEntry*> updates;
  for (const TimelineEntry& entry : incident.timeline) {
    if (!entry.body.empty()) updates.push_back(&entry);
  }
  return updates;
}

std::optional<seconds> duration_of(const Incident& incident) {
  if (!incident.resolved_at) return std::nullopt;
  return std::chrono::floor<seconds>(lasted(incident, *incident.resolved_at));
}

void write_incident(JsonWriter& json, const Incident& incident) {
  json.begin_object();
  write_incident_members(json, incident);
  json.end_object();
}

void write_incident_members(JsonWriter& json, const Incident& incident) {
  const auto duration = duration_of(incident);
  json.key("id").text(incident.id.value()).key("service").text(incident.service.value());
  json.key("affects").begin_array().text(incident.service.value());
  for (const ServiceId& service : incident.affects) json.text(service.value());
  json.end_array();
  json.key("title").text(incident.title).key("severity").text(to_string(incident.severity));
  json.key("state").text(to_string(incident.state));
  json.key("started_at").time(incident.opened_at).key("ended_at").time_or_null(incident.resolved_at);
  json.key("duration_s");
  duration ? json.integer(duration->count()) : json.null();
  json.key("reason").text(to_string(incident.reason));
  json.key("updates").begin_array();
  for (const TimelineEntry* entry : public_updates(incident)) {
    json.begin_object()
        .key("at")
        .time(entry->at)
        .key("state")
        .text(to_string(entry->state))
        .key("body")
        .text(entry->body)
        .end_object();
  }
  json.end_array();
}

namespace {

void write_maintenance(JsonWriter& json, const MaintenanceView& maintenance) {
  json.begin_object().key("id").text(maintenance.id.value()).key("title").text(maintenance.title);
  json.key("services").begin_array();
  for (const ServiceId& service : maintenance.services) json.text(service.value());
  json.end_array();
  json.key("state").text(maintenance.under_way ? "in_progress" : "scheduled");
  json.key("starts_at").time(maintenance.starts_at).key("ends_at").time(maintenance.ends_at).end_object();
}

}  // namespace

std::string render_status(const PublicView& view, int days) {
  JsonWriter json;
  json.begin_object();
  json.key("page").begin_object().key("name").text(view.page.name).key("url").text(view.page.url).end_object();
  write_rollup(json, view.rollup);
  json.key("updated_at").time(view.updated_at);
  json.key("publish_interval_s").number(static_cast<double>(view.page.publish_interval.count()) / 1000, 3);
  json.key("seq").integer(static_cast<std::int64_t>(view.seq));
  json.key("services").begin_array();
  for (const ServiceView& service : view.services) write_service(json, service, days);
  json.end_array();
  json.key("incidents").begin_array();
  for (const Incident& incident : view.open) write_incident(json, incident);
  json.end_array();
  json.key("recent_incidents").begin_array();
  for (const Incident& incident : view.recent) write_incident(json, incident);
  json.end_array();
  json.key("maintenances").begin_array();
  for (const MaintenanceView& maintenance : view.maintenances) write_maintenance(json, maintenance);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace allclear::api
