#include "adapters/api/page_sections.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/api/day_bars.h"
#include "adapters/api/html.h"
#include "adapters/api/page_parts.h"
#include "adapters/api/status_json.h"
#include "core/rules/uptime.h"

namespace allclear::api {
namespace {

struct Group {
  std::string name;
  std::vector<const ServiceView*> services;
};

// In order of first appearance.
std::vector<Group> grouped(const std::vector<ServiceView>& services) {
  std::vector<Group> groups;
  for (const ServiceView& service : services) {
    auto found =
        std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.name == service.group; });
    if (found == groups.end()) found = groups.insert(groups.end(), Group{service.group, {}});
    found->services.push_back(&service);
  }
  return groups;
}

std::string counts_text(const StateCounts& counts) {
  std::string text;
  const std::pair<int, std::string_view> parts[] = {{counts.down, "down"},
                                                    {counts.degraded, "degraded"},
                                                    {counts.maintenance, "under maintenance"},
                                                    {counts.unknown, "without data"},
                                                    {counts.up, "operational"}};
  for (const auto& [count, word] : parts) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  }
  return text;
}

std::string for_how_long(const ServiceView& service, WallTime now) {
  return service.since ? " for " + describe_duration(now - *service.since) : std::string();
}

std::string state_words(const ServiceView& service, WallTime now) {
  if (service.activity == Activity::paused) return "Paused";
  switch (service.state) {
    case ShownState::up: return "Operational";
    case ShownState::degraded: return "Degraded" + for_how_long(service, now);
    case ShownState::down: return "Down" + for_how_long(service, now);
    case ShownState::maintenance: return "Under maintenance";
    case ShownState::unknown: return "No data";
  }
  return {};
}

std::string reason_line(const ServiceView& service) {
  const bool troubled = service.state == ShownState::down || service.state == ShownState::degraded;
  if (!troubled || !service.since) return {};
  std::string words(describe(service.reason));
  if (words.front() >= 'a' && words.front() <= 'z') words.front() = static_cast<char>(words.front() - 'a' + 'A');
  return fmt::format("<p class=\"why\">{} since {}</p>", escape_html(words), time_element(*service.since));
}

std::string meta_line(const ServiceView& service) {
  std::string text = service.last_checked_at ? "Checked " + clock_element(*service.last_checked_at) : "Not checked yet";
  if (service.latency && service.last_checked_at)
    text += fmt::format(" \u00b7 {:.0f} ms", to_milliseconds(*service.latency));
  return text;
}

std::string service_row(const ServiceView& service, const PublicView& view) {
  const std::string known = view.freshness == Freshness::stale ? "Last known: " : "";
  const ShownState shown = view.freshness == Freshness::stale ? ShownState::unknown : service.state;
  const std::string percent = service.uptime.quarter ? truncate_percent(*service.uptime.quarter) + "%" : "";
  const std::string uptime = percent.empty() ? "No uptime data yet"
                                             : fmt::format(
                                                   "<span class=\"wide\">{} 90-day uptime</span>"
                                                   "<span class=\"narrow\">90 days: {}</span>",
                                                   percent, percent);
  return fmt::format(
      "<li class=\"svc\" id=\"s-{}\"><div class=\"row\"><h3>{}</h3><p class=\"st {}\">{}{}{}</p></div>{}{}"
      "<p class=\"axis\"><span class=\"wide\">90 days ago</span><span class=\"narrow\">30 days "
      "ago</span><span>{}</span>"
      "<span>Today</span></p><div class=\"meta\"><p>{}</p>{}</div></li>\n",
      escape_html(service.id.value()), escape_html(service.name), icon_class(shown), icon(shown), known,
      state_words(service, view.rendered_at), reason_line(service), day_bars(service.days), uptime, meta_line(service),
      event_days(service.days));
}

StateCounts count_states(const std::vector<const ServiceView*>& services) {
  std::vector<ShownState> states;
  for (const ServiceView* service : services) {
    if (service->activity == Activity::active) states.push_back(service->state);
  }
  return roll_up(states).counts;
}

bool all_up(const Group& group) {
  return std::all_of(group.services.begin(), group.services.end(), [](const ServiceView* service) {
    return service->state == ShownState::up || service->activity == Activity::paused;
  });
}

std::string group_block(const Group& group, const PublicView& view) {
  std::string rows;
  for (const ServiceView* service : group.services) rows += service_row(*service, view);
  const StateCounts counts = count_states(group.services);
  const std::string name = group.name.empty() ? "Services" : escape_html(group.name);
  // Small pages show everything; long ones fold the groups in which nothing is wrong.
  const bool open = !all_up(group) || view.services.size() <= 12;
  return fmt::format("<details class=\"group\"{}><summary><h2>{}</h2><span>{}</span></summary><ul>{}</ul></details>\n",
                     open ? " open" : "", name, counts_text(counts), rows);
}

// "Shop is down: no answer" under Shop's own heading: "Down: no answer".
std::string without_name(std::string_view text, std::string_view name) {
  constexpr std::string_view is = " is ";
  if (name.empty() || !text.starts_with(name) || !text.substr(name.size()).starts_with(is)) return std::string(text);
  std::string rest(text.substr(name.size() + is.size()));
  if (!rest.empty() && rest.front() >= 'a' && rest.front() <= 'z')
    rest.front() = static_cast<char>(rest.front() - 'a' + 'A');
  return rest;
}

// "Shop is down" is over: "Shop was down". Titles that people wrote stay.
std::string shown_title(const Incident& incident) {
  std::string title = incident.title;
  for (const std::string_view now : {" is down", " is degraded"}) {
    if (!incident.open() && title.ends_with(now)) title.replace(title.size() - now.size(), 3, " was");
  }
  return title;
}

std::string update_item(const TimelineEntry& entry, std::string_view name) {
  return fmt::format("<li>{} {}</li>", time_element(entry.at), escape_html(without_name(entry.body, name)));
}

// The latest stands open, the others fold away.
std::string updates_block(const Incident& incident, std::string_view name) {
  const auto updates = public_updates(incident);
  if (updates.empty()) return {};
  std::string html = "<ul class=\"updates\">" + update_item(*updates.back(), name) + "</ul>";
  if (updates.size() == 1) return html;
  html += fmt::format("<details class=\"events\"><summary>{}</summary><ul class=\"updates\">",
                      count_text(updates.size() - 1, "earlier update", "earlier updates"));
  for (auto entry = updates.rbegin() + 1; entry != updates.rend(); ++entry) html += update_item(**entry, name);
  return html + "</ul></details>";
}

std::string_view state_word(IncidentState state) {
  switch (state) {
    case IncidentState::investigating: return "Investigating";
    case IncidentState::identified: return "Identified";
    case IncidentState::monitoring: return "Monitoring";
    case IncidentState::resolved: return "Resolved";
  }
  return {};
}

std::string name_of(const PublicView& view, const ServiceId& id) {
  const ServiceView* service = view.find(id);
  return service ? service->name : std::string(id.value());
}

// "Shop, Search and 3 more", after what stands there already.
std::string list_names(std::string names, const std::vector<ServiceId>& services, const PublicView& view) {
  constexpr std::size_t named = 5;
  for (std::size_t i = 0; i < std::min(services.size(), named); ++i)
    names += (names.empty() ? "" : ", ") + escape_html(name_of(view, services[i]));
  if (services.size() > named) names += fmt::format(" and {} more", services.size() - named);
  return names;
}

// Its own service only when the title does not say it, and those that fail with it.
std::string affected_names(const Incident& incident, std::string_view name, const PublicView& view) {
  const bool told = incident.title.find(name) != std::string::npos;
  return list_names(told ? std::string() : escape_html(name), incident.affects, view);
}

// How far it is and since when, and whom it affects.
std::string incident_line(const Incident& incident, std::string_view name, const PublicView& view) {
  const WallTime now = view.rendered_at;
  const std::string length = describe_duration(incident.resolved_at.value_or(now) - incident.opened_at);
  std::string line = incident.open() ? fmt::format("{} \u00b7 for {}, since ", state_word(incident.state), length)
                                     : fmt::format("Resolved after {} \u00b7 began ", length);
  line += time_element(incident.opened_at);
  const std::string names = affected_names(incident, name, view);
  if (!names.empty()) line += " \u00b7 affects " + names;
  return line;
}

std::string incident_block(const Incident& incident, const PublicView& view) {
  const ShownState shown = incident.open() ? to_shown(incident.worst) : ShownState::up;
  const std::string name = name_of(view, incident.service);
  return fmt::format("<li class=\"incident {}\" id=\"incident-{}\"><h3>{}{}</h3><p class=\"sub\">{}</p>{}</li>\n",
                     icon_class(shown), escape_html(incident.id.value()), icon(shown),
                     escape_html(shown_title(incident)), incident_line(incident, name, view),
                     updates_block(incident, name));
}

std::string maintenance_block(const MaintenanceView& maintenance, const PublicView& view) {
  const std::string when = maintenance.under_way
                               ? fmt::format("Under way until {}", time_element(maintenance.ends_at))
                               : fmt::format("{}, for {}", time_element(maintenance.starts_at),
                                             describe_duration(maintenance.ends_at - maintenance.starts_at));
  return fmt::format(
      "<li class=\"incident {}\" id=\"maintenance-{}\"><h3>{}{}</h3><p class=\"sub\">{} \u00b7 {}</p></li>\n",
      icon_class(ShownState::maintenance), escape_html(maintenance.id.value()), icon(ShownState::maintenance),
      escape_html(maintenance.title), when, list_names({}, maintenance.services, view));
}

}  // namespace

std::string banner_section(const PublicView& view) {
  const ShownState state = shown_state(view.rollup.indicator);
  const std::string counts = counts_text(view.last_known.counts);
  const std::string title = view.services.empty() ? "No services published yet" : escape_html(view.rollup.description);
  const std::string summary = counts.empty() ? std::string{} : counts + ". ";
  return fmt::format(
      "<section class=\"banner {}\" aria-label=\"Overall state\">{}<div><h1>{}</h1><p>{}Data as of "
      "{}</p></div></section>\n",
      icon_class(state), icon(state), title, summary, exact_time_element(view.updated_at));
}

std::string open_incidents_section(const PublicView& view) {
  if (view.open.empty()) return {};
  std::string html = "<section aria-labelledby=\"open\"><h2 id=\"open\">Open incidents</h2><ul class=\"incidents\">";
  std::vector<const Incident*> worst_first;
  for (const Incident& incident : view.open) worst_first.push_back(&incident);
  std::stable_sort(worst_first.begin(), worst_first.end(), [](const Incident* a, const Incident* b) {
    return a->severity > b->severity;
  });  // else newest first
  for (const Incident* incident : worst_first) html += incident_block(*incident, view);
  return html + "</ul></section>\n";
}

std::string maintenance_section(const PublicView& view) {
  if (view.maintenances.empty()) return {};
  std::string html =
      "<section aria-labelledby=\"maintenance\"><h2 id=\"maintenance\">Maintenance</h2><ul class=\"incidents\">";
  for (const MaintenanceView& maintenance : view.maintenances) html += maintenance_block(maintenance, view);
  return html + "</ul></section>\n";
}

std::string services_section(const PublicView& view) {
  std::string html = "<section id=\"services\" aria-label=\"Services\">";
  if (view.services.empty()) {
    html += "<p class=\"empty\">Services appear here as soon as the configuration names some.</p>";
  }
  for (const Group& group : grouped(view.services)) html += group_block(group, view);
  return html + "</section>\n";
}

std::string recent_incidents_section(const PublicView& view) {
  std::string html = "<section aria-labelledby=\"recent\"><h2 id=\"recent\">Past 14 days</h2>";
  if (view.recent.empty())
    return html + "<p class=\"empty\">No incident was resolved in the past 14 days.</p></section>\n";
  html += "<ul class=\"incidents\">";
  for (const Incident& incident : view.recent) html += incident_block(incident, view);
  return html + "</ul></section>\n";
}

}  // namespace allclear::api
