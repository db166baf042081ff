#include "adapters/api/page.h"

#include <fmt/format.h>

#include "adapters/api/assets.h"
#include "adapters/api/html.h"
#include "adapters/api/page_parts.h"
#include "adapters/api/page_sections.h"

namespace allclear::api {
namespace {

// The banner's icon as a data: URL, so that a tab tells the state without another request.
std::string favicon(ShownState state) {
  switch (state) {
    case ShownState::up: return "%3Ccircle cx='10' cy='10' r='9' fill='%2316805b'/%3E";
    case ShownState::degraded: return "%3Cpath d='M10 1.6 19.3 18H.7z' fill='%23b87503'/%3E";
    case ShownState::down: return "%3Cpath d='M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z' fill='%23a80f24'/%3E";
    case ShownState::maintenance: return "%3Crect x='1' y='1' width='18' height='18' rx='3' fill='%232258c4'/%3E";
    case ShownState::unknown:
      return "%3Ccircle cx='10' cy='10' r='8' fill='none' stroke='%237d8798' stroke-width='3' stroke-dasharray='4 "
             "2.3'/%3E";
  }
  return {};
}

std::string head(const PublicView& view) {
  const std::string name = escape_html(view.page.name);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} \u00b7 {}</title>"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" "
      "content=\"light dark\">"
      "<meta name=\"description\" content=\"Current state and history of {}\">"
      "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 "
      "20'%3E{}%3C/svg%3E\">"
      "<link rel=\"stylesheet\" href=\"{}\"></head>\n",
      escape_html(view.rollup.description), name, name, favicon(shown_state(view.rollup.indicator)),
      asset_path("status.css").substr(1));
}

std::string top(const PublicView& view) {
  return fmt::format(
      "<a class=\"skip\" href=\"#services\">Skip to services</a>{}<header><p class=\"brand\">{}</p></header>\n",
      icon_sprite(), escape_html(view.page.name));
}

std::string footer(const PublicView& view) {
  std::string links = "<a href=\"status\">JSON</a>";
  for (const PageLink& link : view.page.links) {
    if (const std::string_view url = safe_link(link.url); !url.empty()) {
      links += fmt::format(" <a href=\"{}\">{}</a>", escape_html(url), escape_html(link.text));
    }
  }
  return fmt::format(
      "<footer><p>All times are UTC. This page is written anew at least every {}; data over 10 minutes old? Treat it "
      "as out of "
      "date.</p><nav aria-label=\"More\">{}</nav></footer>\n",
      describe_duration(view.page.publish_interval), links);
}

}  // namespace

std::string render_page(const PublicView& view) {
  std::string page = head(view);
  page += "<body>";
  page += top(view);
  page += "<main>";
  page += banner_section(view);
  page += open_incidents_section(view);
  page += maintenance_section(view);
  page += services_section(view);
  page += recent_incidents_section(view);
  page += "</main>";
  page += footer(view);
  page += "</body></html>\n";
  return page;
}

}  // namespace allclear::api
