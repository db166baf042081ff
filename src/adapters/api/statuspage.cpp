#include "adapters/api/statuspage.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/json_writer.h"
#include "adapters/api/status_json.h"

namespace allclear::api {
namespace {

constexpr std::string_view page_id = "allclear";

// There is no word for unknown: it is told by the description.
std::string_view component_status(const ServiceView& service) {
  switch (service.state) {
    case ShownState::up: return "operational";
    case ShownState::degraded: return "degraded_performance";
    case ShownState::down: return "major_outage";
    case ShownState::maintenance: return "under_maintenance";
    case ShownState::unknown: return "operational";
  }
  return "operational";
}

// Why the word above may not be so; empty: it is.
std::string doubt_of(const PublicView& view, const ServiceView& service) {
  if (service.state == ShownState::unknown) return "No data";
  if (view.freshness == Freshness::fresh) return {};
  return fmt::format("Last known {} ago", describe_duration(view.rendered_at - view.updated_at));
}

std::string link_to(const PublicView& view, std::string_view path) {
  const std::string& url = view.page.url;
  const std::string_view slash = url.empty() || url.back() == '/' ? "" : "/";
  return fmt::format("{}{}{}", url, slash, path);
}

void write_page(JsonWriter& json, const PublicView& view) {
  json.key("page").begin_object().key("id").text(page_id).key("name").text(view.page.name);
  json.key("url").text(view.page.url).key("time_zone").text("Etc/UTC");
  json.key("updated_at").time(view.updated_at).end_object();
}

void write_status(JsonWriter& json, const PublicView& view) {
  const Indicator indicator = view.rollup.indicator == Indicator::unknown ? Indicator::none : view.rollup.indicator;
  json.key("status").begin_object().key("indicator").text(to_string(indicator));
  json.key("description").text(view.rollup.description).end_object();
}

void write_component(JsonWriter& json, const PublicView& view, const ServiceView& service) {
  const auto position = &service - view.services.data() + 1;
  json.begin_object().key("id").text(service.id.value()).key("name").text(service.name);
  json.key("status").text(component_status(service));
  json.key("created_at").time_or_null(service.since).key("updated_at").time_or_null(service.since);
  json.key("position").integer(position).key("description");
  const std::string doubt = doubt_of(view, service);
  doubt.empty() ? json.null() : json.text(doubt);
  json.key("showcase").boolean(true).key("start_date").null().key("group_id").null();
  json.key("page_id").text(page_id).key("group").boolean(false).key("only_show_if_degraded").boolean(false);
  json.end_object();
}

void write_components(JsonWriter& json, const PublicView& view) {
  json.key("components").begin_array();
  for (const ServiceView& service : view.services) write_component(json, view, service);
  json.end_array();
}

void write_those(JsonWriter& json, const PublicView& view, const std::vector<ServiceId>& services) {
  json.key("components").begin_array();
  for (const ServiceId& id : services) {
    if (const ServiceView* service = view.find(id)) write_component(json, view, *service);
  }
  json.end_array();
}

void write_update(JsonWriter& json, const Incident& incident, const TimelineEntry& entry) {
  json.begin_object().key("id").text(fmt::format("{}-{}", incident.id.value(), entry.ordinal));
  json.key("status").text(to_string(entry.state)).key("body").text(entry.body);
  json.key("incident_id").text(incident.id.value());
  json.key("created_at").time(entry.at).key("updated_at").time(entry.at).key("display_at").time(entry.at);
  json.end_object();
}

std::optional<WallTime> first_in(const std::vector<const TimelineEntry*>& updates, IncidentState state) {
  const auto found =
      std::find_if(updates.begin(), updates.end(), [&](const TimelineEntry* entry) { return entry->state == state; });
  return found == updates.end() ? std::nullopt : std::optional((*found)->at);
}

void write_v2_incident(JsonWriter& json, const PublicView& view, const Incident& incident) {
  const auto updates = public_updates(incident);
  const WallTime changed = updates.empty() ? incident.opened_at : updates.back()->at;
  json.begin_object().key("id").text(incident.id.value()).key("name").text(incident.title);
  json.key("status").text(to_string(incident.state)).key("impact").text(to_string(incident.severity));
  json.key("created_at").time(updates.empty() ? incident.opened_at : updates.front()->at);
  json.key("updated_at").time(changed).key("started_at").time(incident.opened_at);
  json.key("monitoring_at").time_or_null(first_in(updates, IncidentState::monitoring));
  json.key("resolved_at").time_or_null(incident.resolved_at);
  json.key("shortlink").text(link_to(view, fmt::format("incidents/{}.html", incident.id.value())));
  json.key("page_id").text(page_id);
  json.key("incident_updates").begin_array();
  for (auto entry = updates.rbegin(); entry != updates.rend(); ++entry) write_update(json, incident, **entry);
  json.end_array();
  std::vector<ServiceId> services{incident.service};
  services.insert(services.end(), incident.affects.begin(), incident.affects.end());
  write_those(json, view, services);
  json.end_object();
}

void write_incidents(JsonWriter& json, const PublicView& view, const std::vector<Incident>& incidents) {
  for (const Incident& incident : incidents) write_v2_incident(json, view, incident);
}

void write_v2_maintenance(JsonWriter& json, const PublicView& view, const MaintenanceView& maintenance) {
  // When it was announced is not known.
  const WallTime announced = std::min(view.rendered_at, WallTime(maintenance.starts_at - announced_span));
  json.begin_object().key("id").text(maintenance.id.value()).key("name").text(maintenance.title);
  json.key("status").text(maintenance.under_way ? "in_progress" : "scheduled").key("impact").text("maintenance");
  json.key("created_at").time(announced).key("started_at").time(maintenance.starts_at);
  json.key("updated_at").time(maintenance.under_way ? maintenance.starts_at : announced);
  json.key("monitoring_at").null().key("resolved_at").null();
  json.key("scheduled_for").time(maintenance.starts_at).key("scheduled_until").time(maintenance.ends_at);
  json.key("shortlink").text(link_to(view, fmt::format("index.html#maintenance-{}", maintenance.id.value())));
  json.key("page_id").text(page_id).key("incident_updates").begin_array().end_array();
  write_those(json, view, maintenance.services);
  json.end_object();
}

void write_maintenances(JsonWriter& json, const PublicView& view) {
  json.key("scheduled_maintenances").begin_array();
  for (const MaintenanceView& each : view.maintenances) write_v2_maintenance(json, view, each);
  json.end_array();
}

template <class Write>
std::string document(const PublicView& view, Write write) {
  JsonWriter json;
  json.begin_object();
  write_page(json, view);
  write(json);
  json.end_object();
  return json.take();
}

}  // namespace

std::string render_v2_summary(const PublicView& view) {
  return document(view, [&](JsonWriter& json) {
    write_status(json, view);
    write_components(json, view);
    json.key("incidents").begin_array();
    write_incidents(json, view, view.open);
    json.end_array();
    write_maintenances(json, view);
  });
}

std::string render_v2_status(const PublicView& view) {
  return document(view, [&](JsonWriter& json) { write_status(json, view); });
}

std::string render_v2_components(const PublicView& view) {
  return document(view, [&](JsonWriter& json) { write_components(json, view); });
}

std::string render_v2_incidents(const PublicView& view) {
  return document(view, [&](JsonWriter& json) {
    json.key("incidents").begin_array();
    write_incidents(json, view, view.open);
    write_incidents(json, view, view.past);
    json.end_array();
  });
}

std::string render_v2_unresolved(const PublicView& view) {
  return document(view, [&](JsonWriter& json) {
    json.key("incidents").begin_array();
    write_incidents(json, view, view.open);
    json.end_array();
  });
}

std::string render_v2_maintenances(const PublicView& view) {
  return document(view, [&](JsonWriter& json) { write_maintenances(json, view); });
}

}  // namespace allclear::api
