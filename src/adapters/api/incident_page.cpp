#include <fmt/format.h>

#include "adapters/api/html.h"
#include "adapters/api/incident_cards.h"
#include "adapters/api/incident_words.h"
#include "adapters/api/page.h"
#include "adapters/api/page_frame.h"

namespace allclear::api {
namespace {

std::string fact(std::string_view name, std::string_view value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

std::string facts(const Sheet& sheet, const Incident& incident) {
  const Words& words = sheet.words;
  std::vector<ServiceId> services{incident.service};
  services.insert(services.end(), incident.affects.begin(), incident.affects.end());
  const std::string span = words.span(lasted(incident, sheet.view.rendered_at));
  std::string html = "<dl class=\"card facts\">";
  html += fact(words["state"], state_text(words, incident.state));
  html += fact(words["severity"], severity_text(words, incident.severity));
  html += fact(words["affected"], list_names(sheet, services));
  html += fact(words["began"], local_time_element(words, incident.opened_at));
  html += fact(words["ended"], incident.resolved_at ? local_time_element(words, *incident.resolved_at)
                                                    : std::string(words["still_open"]));
  html += fact(words["lasted"], incident.open() ? words.fill("so_far", {{"span", span}}) : span);
  return html + "</dl>\n";
}

}  // namespace

std::string render_incident_page(const PublicView& view, const Incident& incident) {
  const Sheet sheet{view, Words(view.page.language), "../"};
  const std::string title = escape_html(shown_title(sheet.words, incident, service_name(view, incident.service)));
  const ShownState colour = incident_colour(incident);
  std::string main =
      fmt::format("<h1 class=\"title {}\">{}<span>{}</span></h1>", icon_class(colour), icon(colour), title);
  main += facts(sheet, incident);
  main += fmt::format(
      "<section aria-labelledby=\"updates\"><h2 id=\"updates\">{}</h2><ol class=\"card timeline\">{}"
      "</ol></section>\n",
      sheet.words["updates"], update_list(sheet, incident));
  return frame_page(sheet, {PageKind::incident, title, std::move(main)});
}

std::string render_missing_incident_page(const PublicView& view) {
  const Sheet sheet{view, Words(view.page.language), "../"};
  const std::string title(sheet.words["no_such_incident"]);
  return frame_page(sheet, {PageKind::incident, title, fmt::format("<h1>{}</h1>", title)});
}

}  // namespace allclear::api
