#include "adapters/api/incident_cards.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/html.h"
#include "adapters/api/incident_words.h"
#include "adapters/api/status_json.h"

namespace allclear::api {
namespace {

constexpr std::size_t most_named = 5;

std::string name_list(const Sheet& sheet, std::vector<std::string> names) {
  const std::size_t more = names.size() > most_named ? names.size() - most_named : 0;
  std::string text;
  for (std::size_t i = 0; i < names.size() - more; ++i) text += (i == 0 ? "" : ", ") + escape_html(names[i]);
  if (more == 0) return text;
  return sheet.words.fill("and_more", {{"services", text}, {"n", std::to_string(more)}});
}

// Its own service only when the title does not say it, and those that fail with it.
std::string affected_names(const Sheet& sheet, const Incident& incident) {
  std::vector<std::string> names;
  const std::string own = service_name(sheet.view, incident.service);
  if (incident.title.find(own) == std::string::npos) names.push_back(own);
  for (const ServiceId& service : incident.affects) names.push_back(service_name(sheet.view, service));
  return name_list(sheet, std::move(names));
}

// How far it is and since when, and whom it affects.
std::string standing(const Sheet& sheet, const Incident& incident) {
  const Words& words = sheet.words;
  const std::string span = words.span(lasted(incident, sheet.view.rendered_at));
  std::string line =
      incident.open()
          ? words.fill("incident_open", {{"state", state_text(words, incident.state)},
                                         {"span", span},
                                         {"time", local_time_element(words, incident.opened_at)}})
          : words.fill("incident_over", {{"span", span}, {"time", time_element(words, incident.opened_at)}});
  const std::string names = affected_names(sheet, incident);
  if (!names.empty()) line += " \u00b7 " + words.fill("affects", {{"services", names}});
  return line;
}

std::string update_item(const Sheet& sheet, const TimelineEntry& entry, std::string_view name) {
  return fmt::format("<li>{} {}</li>", time_element(sheet.words, entry.at),
                     escape_html(shown_update(sheet.words, entry, name)));
}

// The latest stands open, the others fold away.
std::string updates_block(const Sheet& sheet, const Incident& incident, std::string_view name) {
  const auto updates = public_updates(incident);
  if (updates.empty()) return {};
  std::string html = "<ul class=\"updates\">" + update_item(sheet, *updates.back(), name) + "</ul>";
  if (updates.size() == 1) return html;
  html += fmt::format("<details class=\"events\"><summary>{}</summary><ul class=\"updates\">",
                      sheet.words.count(updates.size() - 1, "earlier_updates_one", "earlier_updates_other"));
  for (auto entry = updates.rbegin() + 1; entry != updates.rend(); ++entry) html += update_item(sheet, **entry, name);
  return html + "</ul></details>";
}

std::string titled_link(const Sheet& sheet, const Incident& incident) {
  return fmt::format("<a href=\"{}incidents/{}.html\">{}</a>", sheet.root, escape_html(incident.id.value()),
                     escape_html(shown_title(sheet.words, incident, service_name(sheet.view, incident.service))));
}

}  // namespace

std::string service_name(const PublicView& view, const ServiceId& id) {
  const ServiceView* service = view.find(id);
  return service ? service->name : std::string(id.value());
}

ShownState incident_colour(const Incident& incident) {
  return incident.open() ? to_shown(incident.worst) : ShownState::up;
}

std::string list_names(const Sheet& sheet, const std::vector<ServiceId>& services) {
  std::vector<std::string> names;
  for (const ServiceId& service : services) names.push_back(service_name(sheet.view, service));
  return name_list(sheet, std::move(names));
}

std::string incident_card(const Sheet& sheet, const Incident& incident) {
  const ShownState shown = incident_colour(incident);
  return fmt::format("<li class=\"incident {}\" id=\"incident-{}\"><h3>{}{}</h3><p class=\"sub\">{}</p>{}</li>\n",
                     icon_class(shown), escape_html(incident.id.value()), icon(shown), titled_link(sheet, incident),
                     standing(sheet, incident),
                     updates_block(sheet, incident, service_name(sheet.view, incident.service)));
}

std::string incident_line(const Sheet& sheet, const Incident& incident) {
  const ShownState shown = incident.open() ? incident_colour(incident) : to_shown(incident.worst);
  return fmt::format("<li class=\"line {}\">{}<div><h3>{}</h3><p class=\"sub\">{}</p></div></li>\n", icon_class(shown),
                     icon(shown), titled_link(sheet, incident), standing(sheet, incident));
}

std::string update_list(const Sheet& sheet, const Incident& incident) {
  const std::string name = service_name(sheet.view, incident.service);
  const auto updates = public_updates(incident);
  std::string html;
  for (auto entry = updates.rbegin(); entry != updates.rend(); ++entry) {
    html += fmt::format("<li><p class=\"sub\">{} \u00b7 {}</p><p>{}</p></li>\n",
                        state_text(sheet.words, (*entry)->state), local_time_element(sheet.words, (*entry)->at),
                        escape_html(shown_update(sheet.words, **entry, name)));
  }
  return html;
}

}  // namespace allclear::api
