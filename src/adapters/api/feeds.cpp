#include "adapters/api/feeds.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/api/html.h"
#include "adapters/api/incident_cards.h"
#include "adapters/api/incident_words.h"
#include "adapters/api/status_json.h"
#include "base/hash.h"

namespace allclear::api {
namespace {

constexpr std::size_t most_entries = 50;
constexpr std::size_t most_maintenances = 25;  // of them, the soonest
constexpr std::string_view tag = "tag:allclear.dev,2026:";

struct Entry {
  std::string id;
  std::string title;  // plain
  std::string path;   // below the site
  WallTime published;
  WallTime updated;
  std::string html;
};

std::string site_of(const PageSettings& page) {
  if (page.url.empty() || page.url.back() == '/') return page.url;
  return page.url + "/";
}

// Its end or its last public word.
WallTime changed_at(const Incident& incident) {
  WallTime at = incident.resolved_at.value_or(incident.opened_at);
  for (const TimelineEntry* update : public_updates(incident)) at = std::max(at, update->at);
  return at;
}

// One that began long ago may be what changed last.
std::vector<const Incident*> newest_incidents(const PublicView& view, std::size_t most) {
  std::vector<std::pair<WallTime, const Incident*>> all;
  for (const auto* list : {&view.open, &view.past}) {
    for (const Incident& incident : *list) all.emplace_back(changed_at(incident), &incident);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (all.size() > most) all.resize(most);
  std::vector<const Incident*> newest;
  for (const auto& [at, incident] : all) newest.push_back(incident);
  return newest;
}

Entry incident_entry(const Sheet& sheet, const Incident& incident) {
  const std::string name = service_name(sheet.view, incident.service);
  Entry entry;
  entry.id = fmt::format("{}incident:{}", tag, incident.id.value());
  entry.title = shown_title(sheet.words, incident, name);
  entry.path = fmt::format("incidents/{}.html", incident.id.value());
  entry.published = incident.opened_at;
  entry.updated = changed_at(incident);
  const auto updates = public_updates(incident);
  for (auto update = updates.rbegin(); update != updates.rend(); ++update) {
    entry.html +=
        fmt::format("<p><strong>{}</strong> \u00b7 {}<br>{}</p>", state_text(sheet.words, (*update)->state),
                    time_element(sheet.words, (*update)->at), escape_html(shown_update(sheet.words, **update, name)));
  }
  return entry;
}

Entry maintenance_entry(const Sheet& sheet, const MaintenanceView& maintenance) {
  Entry entry;
  entry.id = fmt::format("{}maintenance:{}:{}", tag, maintenance.id.value(), format_rfc3339(maintenance.starts_at));
  entry.title = fmt::format("{}: {}", sheet.words["maintenance"], maintenance.title);
  entry.path = "index.html#maintenance-" + std::string(maintenance.id.value());
  // When it was announced is not known; a reader of feeds sorts by it.
  entry.published = entry.updated = std::min(sheet.view.rendered_at, WallTime(maintenance.starts_at - announced_span));
  entry.html = fmt::format("<p>{} \u2013 {}<br>{}</p>", time_element(sheet.words, maintenance.starts_at),
                           time_element(sheet.words, maintenance.ends_at), list_names(sheet, maintenance.services));
  return entry;
}

// Newest change first. However much fails, the next maintenance is told.
std::vector<Entry> entries_of(const Sheet& sheet) {
  std::vector<Entry> entries;
  const std::size_t ahead = std::min(sheet.view.maintenances.size(), most_maintenances);
  for (const Incident* incident : newest_incidents(sheet.view, most_entries - ahead)) {
    entries.push_back(incident_entry(sheet, *incident));
  }
  for (std::size_t i = 0; i < ahead; ++i) entries.push_back(maintenance_entry(sheet, sheet.view.maintenances[i]));
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.updated > b.updated; });
  return entries;
}

// Not the time of rendering: a feed in which nothing is new stays as it is.
WallTime newest_of(const std::vector<Entry>& entries, const PublicView& view) {
  return entries.empty() ? WallTime(day_of(view.rendered_at)) : entries.front().updated;
}

std::string second_text(WallTime time) { return format_rfc3339(std::chrono::floor<seconds>(time)); }

// RFC 822 with four digits of the year, as RSS wants it.
std::string mail_time(WallTime time) {
  static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = day_of(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<seconds>(time - WallTime(day))};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace

std::string render_atom(const PublicView& view) {
  const Sheet sheet{view, Words(view.page.language), ""};
  const auto entries = entries_of(sheet);
  const std::string site = escape_xml(site_of(view.page));
  const std::string name = escape_xml(view.page.name);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">"
      "<id>{}page:{}</id><title>{}</title><updated>{}</updated><link rel=\"self\" href=\"{}feed.atom\"/>"
      "<link href=\"{}index.html\"/><author><name>{}</name></author>\n",
      sheet.words["language"], tag, stable_key({view.page.url, view.page.name}).substr(0, 16),
      sheet.words.fill("status_of", {{"name", name}}), second_text(newest_of(entries, view)), site, site, name);
  for (const Entry& entry : entries) {
    xml += fmt::format(
        "<entry><id>{}</id><title>{}</title><link href=\"{}{}\"/><published>{}</published><updated>{}</updated>"
        "<content type=\"html\">{}</content></entry>\n",
        escape_xml(entry.id), escape_xml(entry.title), site, escape_xml(entry.path), second_text(entry.published),
        second_text(entry.updated), escape_xml(entry.html));
  }
  return xml + "</feed>\n";
}

std::string render_rss(const PublicView& view) {
  const Sheet sheet{view, Words(view.page.language), ""};
  const auto entries = entries_of(sheet);
  const std::string site = escape_xml(site_of(view.page));
  const std::string title = sheet.words.fill("status_of", {{"name", escape_xml(view.page.name)}});
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">"
      "<channel><title>{}</title><link>{}index.html</link><description>{}</description><language>{}</language>"
      "<lastBuildDate>{}</lastBuildDate><atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}feed.rss\"/>\n",
      title, site, title, sheet.words["language"], mail_time(newest_of(entries, view)), site);
  for (const Entry& entry : entries) {
    xml += fmt::format(
        "<item><title>{}</title><link>{}{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{}</pubDate>"
        "<description>{}</description></item>\n",
        escape_xml(entry.title), site, escape_xml(entry.path), escape_xml(entry.id), mail_time(entry.updated),
        escape_xml(entry.html));
  }
  return xml + "</channel></rss>\n";
}

}  // namespace allclear::api
