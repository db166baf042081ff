#include <fmt/format.h>

#include "adapters/api/html.h"
#include "adapters/api/incident_cards.h"
#include "adapters/api/page.h"
#include "adapters/api/page_frame.h"
#include "core/rules/uptime.h"

namespace allclear::api {
namespace {

// Beyond it the table is no help to a reader; /status has all.
constexpr std::size_t most_in_table = 200;

bool same_month(WallTime left, WallTime right) {
  const std::chrono::year_month_day a{day_of(left)};
  const std::chrono::year_month_day b{day_of(right)};
  return a.year() == b.year() && a.month() == b.month();
}

std::string uptime_cell(const std::optional<double>& ratio) {
  return fmt::format("<td>{}</td>", ratio ? truncate_percent(*ratio) + "%" : "\u2013");
}

std::string uptime_table(const Sheet& sheet) {
  const Words& words = sheet.words;
  if (sheet.view.services.empty() || sheet.view.services.size() > most_in_table) return {};
  std::string rows;
  for (const ServiceView& service : sheet.view.services) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>", escape_html(service.name),
                        uptime_cell(service.uptime.day), uptime_cell(service.uptime.week),
                        uptime_cell(service.uptime.month), uptime_cell(service.uptime.quarter));
  }
  return fmt::format(
      "<section aria-labelledby=\"uptime\"><h2 id=\"uptime\">{}</h2><div class=\"card scroll\" tabindex=\"0\" "
      "role=\"group\" aria-labelledby=\"uptime\"><table class=\"num\"><thead>"
      "<tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th "
      "scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table></div></section>\n",
      words["uptime"], words["service"], words["window_day"], words["window_week"], words["window_month"],
      words["window_quarter"], rows);
}

// Newest first, a heading for each month.
std::string incident_months(const Sheet& sheet) {
  std::vector<const Incident*> all;
  for (const Incident& incident : sheet.view.open) all.push_back(&incident);
  for (const Incident& incident : sheet.view.past) all.push_back(&incident);
  std::stable_sort(all.begin(), all.end(),
                   [](const Incident* a, const Incident* b) { return a->opened_at > b->opened_at; });
  std::string html;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool new_month = i == 0 || !same_month(all[i]->opened_at, all[i - 1]->opened_at);
    if (new_month) {
      html += fmt::format("{}<section><h2>{}</h2><ul class=\"card lines\">", i == 0 ? "" : "</ul></section>\n",
                          month_text(sheet.words, day_of(all[i]->opened_at)));
    }
    html += incident_line(sheet, *all[i]);
  }
  return all.empty() ? html : html + "</ul></section>\n";
}

}  // namespace

std::string render_history_page(const PublicView& view) {
  const Sheet sheet{view, Words(view.page.language), ""};
  const Words& words = sheet.words;
  std::string main = fmt::format("<h1>{}</h1><p class=\"sub\">{}</p>", words["history_title"],
                                 words.number("history_days", past_span.count()));
  const std::string months = incident_months(sheet);
  main += months.empty() ? fmt::format("<section><p class=\"empty\">{}</p></section>\n",
                                       words.number("no_history", past_span.count()))
                         : months;
  if (view.past.size() >= most_past)
    main += fmt::format("<p class=\"sub\">{}</p>", words.number("more_incidents", most_past));
  main += uptime_table(sheet);
  return frame_page(sheet, {PageKind::history, std::string(words["history_title"]), std::move(main)});
}

}  // namespace allclear::api
