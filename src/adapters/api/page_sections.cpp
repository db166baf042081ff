#include "adapters/api/page_sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/html.h"
#include "adapters/api/incident_cards.h"

namespace allclear::api {
namespace {

std::string maintenance_card(const Sheet& sheet, const MaintenanceView& maintenance) {
  const Words& words = sheet.words;
  const std::string when =
      maintenance.under_way
          ? words.fill("maintenance_now", {{"time", local_time_element(words, maintenance.ends_at)}})
          : words.fill("maintenance_ahead", {{"time", local_time_element(words, maintenance.starts_at)},
                                             {"span", words.span(maintenance.ends_at - maintenance.starts_at)}});
  return fmt::format(
      "<li class=\"incident {}\" id=\"maintenance-{}\"><h3>{}<span>{}</span></h3><p class=\"sub\">{} \u00b7 "
      "{}</p></li>\n",
      icon_class(ShownState::maintenance), escape_html(maintenance.id.value()), icon(ShownState::maintenance),
      escape_html(maintenance.title), when, list_names(sheet, maintenance.services));
}

// The place stays when it is empty: the script fills it.
std::string section(std::string_view id, std::string_view title, const std::string& cards) {
  if (cards.empty()) return fmt::format("<section id=\"{}\" hidden></section>\n", id);
  return fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-h\"><h2 id=\"{0}-h\">{1}</h2><ul>{2}</ul></section>\n",
                     id, title, cards);
}

std::string banner_title(const Sheet& sheet) {
  const PublicView& view = sheet.view;
  const Words& words = sheet.words;
  if (view.services.empty()) return std::string(words["no_services"]);
  const std::string_view known = indicator_text(words, view.last_known.indicator);
  if (view.freshness == Freshness::fresh) return std::string(known);
  return words.fill("last_known_ago", {{"span", words.span(view.rendered_at - view.updated_at)}, {"state", known}});
}

}  // namespace

std::string banner_section(const Sheet& sheet) {
  const PublicView& view = sheet.view;
  const ShownState state = shown_state(view.rollup.indicator);
  const std::string counts = counts_text(sheet.words, view.last_known.counts);
  return fmt::format(
      "<section id=\"banner\" class=\"banner {}\" aria-label=\"{}\">{}<div><h1 data-is=\"{}\">{}</h1><p>{}<span "
      "id=\"age\">{}</span></p></div></section>\n",
      icon_class(state), sheet.words["overall"], icon(state), indicator_text(sheet.words, view.last_known.indicator),
      banner_title(sheet), counts.empty() ? counts : counts + ". ",
      sheet.words.fill("data_as_of", {{"time", exact_time_element(sheet.words, view.updated_at)}}));
}

std::string open_incidents_section(const Sheet& sheet) {
  std::vector<const Incident*> worst_first;
  for (const Incident& incident : sheet.view.open) worst_first.push_back(&incident);
  std::stable_sort(worst_first.begin(), worst_first.end(), [](const Incident* a, const Incident* b) {
    return a->severity > b->severity;
  });  // else newest first
  std::string cards;
  for (const Incident* incident : worst_first) cards += incident_card(sheet, *incident);
  return section("open", sheet.words["open_incidents"], cards);
}

std::string maintenance_section(const Sheet& sheet) {
  std::string cards;
  for (const MaintenanceView& maintenance : sheet.view.maintenances) cards += maintenance_card(sheet, maintenance);
  return section("maintenance", sheet.words["maintenance"], cards);
}

std::string recent_incidents_section(const Sheet& sheet) {
  const Words& words = sheet.words;
  std::string html = fmt::format("<section id=\"recent\" aria-labelledby=\"recent-h\"><h2 id=\"recent-h\">{}</h2>",
                                 words.number("past_days", recent_span.count()));
  if (sheet.view.recent.empty()) {
    html += fmt::format("<p class=\"empty\">{}</p>", words.number("no_recent", recent_span.count()));
  } else {
    html += "<ul>";
    for (const Incident& incident : sheet.view.recent) html += incident_card(sheet, incident);
    html += "</ul>";
  }
  return html + fmt::format("<p class=\"all\"><a href=\"history.html\">{}</a></p></section>\n",
                            words.number("all_history", past_span.count()));
}

}  // namespace allclear::api
