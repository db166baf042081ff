#include "adapters/api/day_bars.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/api/page_parts.h"
#include "core/rules/uptime.h"

namespace allclear::api {
namespace {

constexpr int bar_pitch = 4;  // 3 wide, 1 apart
constexpr std::array<ShownState, 5> drawn{ShownState::up, ShownState::degraded, ShownState::down,
                                          ShownState::maintenance, ShownState::unknown};

// One bar from its lower left corner, ending there again. 36 units are the full height.
std::string_view bar_shape(ShownState state) {
  switch (state) {
    case ShownState::up: return "v-20h3v20z";
    case ShownState::degraded: return "v-22l1.5-6 1.5 6v22z";         // pointed
    case ShownState::down: return "v-36h3v36z";                       // full height
    case ShownState::maintenance: return "v-20h3v20zm1-1h1v-18h-1z";  // hollow
    case ShownState::unknown: return "v-4h3v4z";                      // a stub
  }
  return "";
}

std::string path_of(const std::vector<DayView>& days, ShownState state) {
  std::string path;
  int pen = 0;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (days[i].state != state) continue;
    const int x = static_cast<int>(i) * bar_pitch;
    // After z the pen is where the subpath began; the hollow bar's second subpath began one to the right and one up.
    const bool moved = state == ShownState::maintenance && !path.empty();
    path += path.empty() ? fmt::format("M{} 36", x) : fmt::format("m{} {}", x - pen - (moved ? 1 : 0), moved ? 1 : 0);
    path += bar_shape(state);
    pen = x;
  }
  return path;
}

// Down, but not for long enough that the whole day counts as down: drawn as degraded, told as what it was.
bool is_short_outage(const DayView& day) { return day.state == ShownState::degraded && day.down.count() > 0; }

std::size_t count_of(const std::vector<DayView>& days, ShownState state) {
  return static_cast<std::size_t>(std::count_if(
      days.begin(), days.end(), [&](const DayView& day) { return day.state == state && !is_short_outage(day); }));
}

Word count_word(ShownState state) {
  switch (state) {
    case ShownState::up: return "days_up";
    case ShownState::degraded: return "days_degraded";
    case ShownState::down: return "days_down";
    case ShownState::maintenance: return "days_maintenance";
    case ShownState::unknown: return "days_unknown";
  }
  return "days_unknown";
}

std::string summary(const Words& words, const std::vector<DayView>& days) {
  std::string text = words.number("days_summary", static_cast<std::int64_t>(days.size()));
  bool first = true;
  const auto add = [&](std::size_t count, Word word) {
    if (count == 0) return;
    text += (first ? " " : ", ") + words.number(word, static_cast<std::int64_t>(count));
    first = false;
  };
  for (const ShownState state : drawn) add(count_of(days, state), count_word(state));
  add(static_cast<std::size_t>(std::count_if(days.begin(), days.end(), is_short_outage)), "days_short_outage");
  return text;
}

std::string event_words(const Words& words, const DayView& day) {
  std::string text;
  const auto add = [&](Word word, milliseconds span) {
    if (span.count() <= 0) return;
    text += (text.empty() ? "" : ", ") + words.fill(word, {{"span", words.span(span)}});
  };
  add(is_short_outage(day) ? Word("short_outage_for") : Word("event_down"), day.down);
  add("event_degraded", day.degraded);
  add("event_maintenance", day.maintenance);
  return text;
}

bool is_event(const DayView& day) {
  return day.state == ShownState::down || day.state == ShownState::degraded || day.state == ShownState::maintenance;
}

}  // namespace

std::string day_bars(const Words& words, const std::vector<DayView>& days) {
  std::string states;
  for (const DayView& day : days) states += static_cast<char>('0' + static_cast<int>(day.state));
  std::string svg = fmt::format(
      "<div class=\"bars\" data-d=\"{}\"><svg viewBox=\"0 0 {} 36\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{}\">",
      states, static_cast<int>(days.size()) * bar_pitch - 1, summary(words, days));
  for (const ShownState state : drawn) {
    const std::string path = path_of(days, state);
    if (!path.empty()) svg += fmt::format("<path class=\"f {}\" d=\"{}\"/>", icon_class(state), path);
  }
  return svg + "</svg></div>";
}

std::string event_days(const Words& words, const std::vector<DayView>& days) {
  std::string rows;
  std::size_t count = 0;
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    if (!is_event(*day)) continue;
    ++count;
    rows += fmt::format("<tr data-i=\"{}\"><th scope=\"row\">{}</th><td class=\"{}\">{}{}</td><td>{}</td></tr>",
                        days.rend() - day - 1, day_text(words, day->day), icon_class(day->state), icon(day->state),
                        event_words(words, *day), day->uptime() ? truncate_percent(*day->uptime()) + "%" : "");
  }
  if (count == 0) return {};
  return fmt::format(
      "<details class=\"events\"><summary>{}</summary><table><thead><tr><th>{}</th><th>{}</th>"
      "<th>{}</th></tr></thead><tbody>{}</tbody></table></details>",
      words.count(count, "event_days_one", "event_days_other"), words["column_day"], words["column_what"],
      words["column_uptime"], rows);
}

}  // namespace allclear::api
