#include "adapters/api/page_frame.h"

#include <fmt/format.h>

#include "adapters/api/assets.h"
#include "adapters/api/html.h"
#include "adapters/api/json_writer.h"

namespace allclear::api {
namespace {

// The banner's icon as a data: URL, so that a tab tells the state without another request.
std::string_view favicon(ShownState state) {
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

// What the script says by itself. A template is no script: the policy has nothing against it.
std::string script_words(const Words& words) {
  JsonWriter json;
  json.begin_object().key("u").begin_array();
  for (const Word unit : {Word("unit_s"), Word("unit_min"), Word("unit_h"), Word("unit_d")}) json.text(words[unit]);
  json.end_array().key("th").begin_array();
  for (const Word theme : {Word("theme_system"), Word("theme_light"), Word("theme_dark")}) json.text(words[theme]);
  json.end_array().key("yt").text(words["your_time"]);
  json.key("old").text(words["data_old"]).key("ago").text(words["last_known_ago"]);
  json.key("lk").text(words["last_known"]).key("ck").text(words["checked_ago"]);
  json.key("d").begin_array().text(words["day_up"]).text(words["day_unknown"]).end_array().end_object();
  return json.take();
}

std::string freshness(const Sheet& sheet) {
  const PublicView& view = sheet.view;
  return fmt::format(" data-seq=\"{}\" data-at=\"{}\" data-every=\"{}\"", view.seq, format_rfc3339(view.updated_at),
                     static_cast<double>(view.page.publish_interval.count()) / 1000);
}

std::string head(const Sheet& sheet, const Framed& page) {
  const PublicView& view = sheet.view;
  const Words& words = sheet.words;
  const std::string name = escape_html(view.page.name);
  const bool is_index = page.kind == PageKind::index;
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"{}\"{}><head><meta charset=\"utf-8\"><title>{} \u00b7 {}</title>"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" "
      "content=\"light dark\"><meta name=\"description\" content=\"{}\">",
      words["language"], is_index ? freshness(sheet) : std::string(), page.title, name,
      words.fill("description", {{"name", name}}));
  html += fmt::format(
      "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 "
      "20'%3E{}%3C/svg%3E\"><link rel=\"alternate\" type=\"application/atom+xml\" title=\"{}\" href=\"{}feed.atom\">",
      favicon(shown_state(view.rollup.indicator)), name, sheet.root);
  html += fmt::format("<template id=\"w\">{}</template>", escape_html(script_words(words)));
  html += fmt::format("<link rel=\"stylesheet\" href=\"{}{}\"><script src=\"{}{}\"></script></head>\n", sheet.root,
                      asset_path("status.css").substr(1), sheet.root, asset_path("page.js").substr(1));
  return html;
}

std::string top(const Sheet& sheet, const Framed& page) {
  const Words& words = sheet.words;
  const bool is_index = page.kind == PageKind::index;
  const std::string name = escape_html(sheet.view.page.name);
  std::string links;
  if (!is_index) links += fmt::format("<a href=\"{}index.html\">{}</a>", sheet.root, words["back"]);
  if (page.kind != PageKind::history)
    links += fmt::format("<a href=\"{}history.html\">{}</a>", sheet.root, words["history"]);
  links += fmt::format("<a href=\"{}feed.atom\">{}</a>", sheet.root, words["subscribe"]);
  return fmt::format(
      "<a class=\"skip\" href=\"#{}\">{}</a>{}<header><p class=\"brand\">{}</p><nav aria-label=\"{}\">{}"
      "<button id=\"theme\" type=\"button\" hidden>{}</button></nav></header>\n",
      is_index ? "services" : "main", is_index ? words["skip"] : words["skip_content"], icon_sprite(), name, name,
      links, words["theme_system"]);
}

std::string footer(const Sheet& sheet) {
  const PublicView& view = sheet.view;
  const Words& words = sheet.words;
  std::string links = fmt::format(
      "<a href=\"{0}status.json\">{1}</a> <a href=\"{0}feed.atom\">{2}</a> <a href=\"{0}feed.rss\">{3}</a> "
      "<a href=\"{0}badge.svg\">{4}</a>",
      sheet.root, words["json"], words["atom"], words["rss"], words["badge"]);
  for (const PageLink& link : view.page.links) {
    const std::string_view url = safe_link(link.url);
    if (url.empty()) continue;
    const std::size_t mark = url.find_first_of(":/?#");
    const bool is_relative = (mark == std::string_view::npos || url[mark] != ':') && url.front() != '/';
    links += fmt::format(" <a href=\"{}{}\">{}</a>", is_relative ? sheet.root : "", escape_html(url),
                         escape_html(link.text));
  }
  return fmt::format("<footer><p>{}</p><nav aria-label=\"{}\">{}</nav></footer>\n",
                     words.fill("times_note", {{"span", words.span(view.page.publish_interval)}}), words["more"],
                     links);
}

}  // namespace

std::string frame_page(const Sheet& sheet, const Framed& page) {
  std::string html = head(sheet, page);
  html += "<body>" + top(sheet, page);
  html += "<main id=\"main\" tabindex=\"-1\">" + page.main + "</main>";
  html += footer(sheet) + "</body></html>\n";
  return html;
}

}  // namespace allclear::api
