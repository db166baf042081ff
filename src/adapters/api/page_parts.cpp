#include "adapters/api/page_parts.h"

#include <array>

#include <fmt/format.h>

namespace allclear::api {
namespace {

// Drawn on a 20 by 20 grid. `k` marks what is cut out in the surface's colour.
constexpr std::string_view sprite =
    "<svg class=\"sprite\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">"
    "<symbol id=\"i-up\" viewBox=\"0 0 20 20\"><circle cx=\"10\" cy=\"10\" r=\"9\"/><path class=\"k\" d=\"M5.8 10.3 "
    "8.7 13.2 14.3 7\"/></symbol>"
    "<symbol id=\"i-degraded\" viewBox=\"0 0 20 20\"><path d=\"M10 1.6 19.3 18H.7z\"/><path class=\"k\" d=\"M10 "
    "7.4v4.8M10 15.2v.2\"/></symbol>"
    "<symbol id=\"i-down\" viewBox=\"0 0 20 20\"><path d=\"M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z\"/>"
    "<path class=\"k\" d=\"m6.7 6.7 6.6 6.6m0-6.6-6.6 6.6\"/></symbol>"
    "<symbol id=\"i-maintenance\" viewBox=\"0 0 20 20\"><rect x=\"1\" y=\"1\" width=\"18\" height=\"18\" rx=\"3\"/>"
    "<path class=\"k\" d=\"M7.2 6v8m5.6-8v8\"/></symbol>"
    "<symbol id=\"i-unknown\" viewBox=\"0 0 20 20\"><circle class=\"r\" cx=\"10\" cy=\"10\" r=\"8\"/></symbol>"
    "</svg>";

// The catalogue's months are one line.
std::string_view month_name(const Words& words, unsigned month) {
  std::string_view names = words["months"];
  for (unsigned i = 1; i < month; ++i) names.remove_prefix(names.find(' ') + 1);
  return names.substr(0, names.find(' '));
}

std::string clock_text(WallTime time) {
  const std::chrono::hh_mm_ss clock{time - day_of(time)};
  return fmt::format("{:02}:{:02}:{:02} UTC", clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string element(WallTime time, std::string_view text, std::string_view attributes = {}) {
  return fmt::format("<time{} datetime=\"{}\">{}</time>", attributes, format_rfc3339(std::chrono::floor<seconds>(time)),
                     text);
}

std::string minute_text(const Words& words, WallTime time) {
  const std::chrono::hh_mm_ss clock{time - day_of(time)};
  return fmt::format("{}, {:02}:{:02} UTC", day_text(words, day_of(time)), clock.hours().count(),
                     clock.minutes().count());
}

}  // namespace

std::string_view icon_sprite() { return sprite; }

std::string icon(ShownState state) {
  return fmt::format("<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-{}\"/></svg>", to_string(state));
}

std::string_view icon_class(ShownState state) { return to_string(state); }

ShownState shown_state(Indicator indicator) {
  switch (indicator) {
    case Indicator::none: return ShownState::up;
    case Indicator::minor: return ShownState::degraded;
    case Indicator::major:
    case Indicator::critical: return ShownState::down;
    case Indicator::maintenance: return ShownState::maintenance;
    case Indicator::unknown: return ShownState::unknown;
  }
  return ShownState::unknown;
}

std::string_view indicator_text(const Words& words, Indicator indicator) {
  switch (indicator) {
    case Indicator::none: return words["indicator_none"];
    case Indicator::minor: return words["indicator_minor"];
    case Indicator::major: return words["indicator_major"];
    case Indicator::critical: return words["indicator_critical"];
    case Indicator::maintenance: return words["indicator_maintenance"];
    case Indicator::unknown: return words["indicator_unknown"];
  }
  return {};
}

std::string time_element(const Words& words, WallTime time) { return element(time, minute_text(words, time)); }

std::string local_time_element(const Words& words, WallTime time) {
  return element(time, minute_text(words, time), " class=\"l\"");
}

std::string exact_time_element(const Words& words, WallTime time) {
  return element(time, day_text(words, day_of(time)) + ", " + clock_text(time));
}

std::string clock_element(WallTime time) { return element(time, clock_text(time)); }

std::string day_text(const Words& words, std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return words.fill("date", {{"day", std::to_string(static_cast<unsigned>(date.day()))},
                             {"month", month_name(words, static_cast<unsigned>(date.month()))},
                             {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string month_text(const Words& words, std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return words.fill("month_of_year", {{"month", month_name(words, static_cast<unsigned>(date.month()))},
                                      {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string counts_text(const Words& words, const StateCounts& counts) {
  std::string text;
  const std::pair<int, Word> parts[] = {{counts.down, Word("count_down")},
                                        {counts.degraded, Word("count_degraded")},
                                        {counts.maintenance, Word("count_maintenance")},
                                        {counts.unknown, Word("count_unknown")},
                                        {counts.up, Word("count_up")}};
  for (const auto& [count, word] : parts) {
    if (count > 0) text += (text.empty() ? "" : ", ") + words.number(word, count);
  }
  return text;
}

}  // namespace allclear::api
