#include "adapters/api/service_rows.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "adapters/api/day_bars.h"
#include "adapters/api/html.h"
#include "adapters/api/sparkline.h"
#include "core/rules/uptime.h"

namespace allclear::api {
namespace {

// Small pages show everything; longer ones fold the groups in which nothing is wrong.
constexpr std::size_t all_open_up_to = 12;
// Beyond it the lines of latency would weigh more than the rest of the page.
constexpr std::size_t most_with_lines = 100;

struct Group {
  std::string name;
  std::vector<const ServiceView*> services;
};

// In order of first appearance.
std::vector<Group> grouped(const std::vector<ServiceView>& services) {
  std::vector<Group> groups;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const ServiceView& service : services) {
    const auto [place, is_new] = places.emplace(service.group, groups.size());
    if (is_new) groups.push_back({service.group, {}});
    groups[place->second].services.push_back(&service);
  }
  return groups;
}

std::string state_words(const Words& words, const ServiceView& service, WallTime now) {
  if (service.activity == Activity::paused) return std::string(words["paused"]);
  const std::string span = service.since ? words.span(now - *service.since) : std::string();
  switch (service.state) {
    case ShownState::up: return std::string(words["operational"]);
    case ShownState::degraded:
      return span.empty() ? std::string(words["degraded"]) : words.fill("degraded_for", {{"span", span}});
    case ShownState::down: return span.empty() ? std::string(words["down"]) : words.fill("down_for", {{"span", span}});
    case ShownState::maintenance: return std::string(words["under_maintenance"]);
    case ShownState::unknown: return std::string(words["no_data"]);
  }
  return {};
}

std::string reason_line(const Words& words, const ServiceView& service) {
  const bool troubled = service.state == ShownState::down || service.state == ShownState::degraded;
  if (!troubled || !service.since) return {};
  std::string reason(words.reason(service.reason));
  if (reason.front() >= 'a' && reason.front() <= 'z') reason.front() = static_cast<char>(reason.front() - 'a' + 'A');
  return fmt::format(
      "<p class=\"why\">{}</p>",
      words.fill("reason_since", {{"reason", escape_html(reason)}, {"time", time_element(words, *service.since)}}));
}

// The newest half hour that has a latency.
std::optional<microseconds> newest_of(const LatencyTrend& trend) {
  const auto found = std::find_if(trend.rbegin(), trend.rend(), [](const auto& half) { return half.has_value(); });
  return found == trend.rend() ? std::nullopt : *found;
}

std::string meta_line(const Sheet& sheet, const ServiceView& service) {
  const Words& words = sheet.words;
  if (!service.last_checked_at) return std::string(words["not_checked"]);
  std::string text =
      fmt::format("<span class=\"ck\" data-at=\"{}\">{}</span>", format_rfc3339(*service.last_checked_at),
                  words.fill("checked_at", {{"time", clock_element(*service.last_checked_at)}}));
  const auto p95 = newest_of(service.trend);
  if (!p95 && !service.latency) return text;
  if (!p95) return text + " \u00b7 " + words.number("latency", std::llround(to_milliseconds(*service.latency)));
  const auto ms = std::llround(to_milliseconds(*p95));
  text += fmt::format(" \u00b7 <span title=\"{}\">{}", words["p95_hint"], words.number("p95", ms));
  if (sheet.view.services.size() <= most_with_lines) text += " " + sparkline(service.trend);
  return text + "</span>";
}

// Of what is known: a service of yesterday has no 90 days.
std::string uptime_words(const Words& words, const ServiceView& service) {
  if (!service.uptime.quarter) return std::string(words["no_uptime"]);
  const std::string percent = truncate_percent(*service.uptime.quarter) + "%";
  const auto first = std::find_if(service.days.begin(), service.days.end(),
                                  [](const DayView& day) { return day.uptime_ten_thousandths >= 0; });
  const bool whole = first == service.days.end() || first - service.days.begin() <= 1;
  const std::string date = whole ? std::string() : day_text(words, first->day);
  return fmt::format("<span class=\"wide\">{}</span><span class=\"narrow\">{}</span>",
                     whole ? words.fill("uptime_90", {{"percent", percent}})
                           : words.fill("uptime_since", {{"percent", percent}, {"date", date}}),
                     whole ? words.fill("uptime_90_short", {{"percent", percent}})
                           : words.fill("uptime_since_short", {{"percent", percent}, {"date", date}}));
}

std::string service_row(const Sheet& sheet, const ServiceView& service) {
  const Words& words = sheet.words;
  const bool stale = sheet.view.freshness == Freshness::stale;
  const ShownState shown = stale ? ShownState::unknown : service.state;
  std::string state = state_words(words, service, sheet.view.rendered_at);
  if (stale) state = words.fill("last_known", {{"state", state}});
  std::string html = fmt::format(
      "<li class=\"svc\" id=\"s-{}\"><div class=\"row\"><h3>{}</h3><p class=\"st {}\">{}<span>{}</span></p></div>{}{}",
      escape_html(service.id.value()), escape_html(service.name), icon_class(shown), icon(shown), state,
      reason_line(words, service), day_bars(words, service.days));
  html += fmt::format(
      "<p class=\"axis\"><span class=\"wide\">{}</span><span class=\"narrow\">{}</span><span>{}</span>"
      "<span>{}</span></p><div class=\"meta\"><p>{}</p>{}</div></li>\n",
      words.number("days_ago", 90), words.number("days_ago", 30), uptime_words(words, service), words["today"],
      meta_line(sheet, service), event_days(words, service.days));
  return html;
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

std::string group_block(const Sheet& sheet, const Group& group) {
  std::string rows;
  for (const ServiceView* service : group.services) rows += service_row(sheet, *service);
  const std::string name = group.name.empty() ? std::string(sheet.words["services"]) : escape_html(group.name);
  const bool open = !all_up(group) || sheet.view.services.size() <= all_open_up_to;
  const std::string_view colour = all_up(group) ? "" : " bad";
  return fmt::format(
      "<details class=\"group{}\"{}><summary><h2>{}</h2><span>{}</span></summary><ul>{}</ul></details>\n", colour,
      open ? " open" : "", name, counts_text(sheet.words, count_states(group.services)), rows);
}

}  // namespace

std::string services_section(const Sheet& sheet) {
  std::string html = fmt::format("<section id=\"services\" aria-label=\"{}\">", sheet.words["services"]);
  if (sheet.view.services.empty()) html += fmt::format("<p class=\"empty\">{}</p>", sheet.words["no_services_hint"]);
  for (const Group& group : grouped(sheet.view.services)) html += group_block(sheet, group);
  return html + "</section>\n";
}

}  // namespace allclear::api
