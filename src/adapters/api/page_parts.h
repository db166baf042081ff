// Small pieces of the page: icons, times, state words. Pure; every function returns finished HTML.
#pragma once

#include <string>
#include <string_view>

#include "adapters/api/public_view.h"
#include "adapters/api/words.h"

namespace allclear::api {

// What every part of a page is written from.
struct Sheet {
  const PublicView& view;
  Words words;
  std::string_view root;  // from the page to the site's first folder: "" or "../"
};

// The icons as one hidden sprite; icon() refers to it.
std::string_view icon_sprite();
std::string icon(ShownState state);
std::string_view icon_class(ShownState state);  // also the CSS class of everything coloured by state

ShownState shown_state(Indicator indicator);

std::string_view indicator_text(const Words& words, Indicator indicator);

// "20 Nov 2026, 09:00 UTC" in a <time>.
std::string time_element(const Words& words, WallTime time);
// The same; the script adds the reader's own time.
std::string local_time_element(const Words& words, WallTime time);
// "20 Nov 2026, 09:00:12 UTC" in a <time>: how fresh something is.
std::string exact_time_element(const Words& words, WallTime time);
// "09:00:12 UTC" in a <time>.
std::string clock_element(WallTime time);
// "20 Nov 2026".
std::string day_text(const Words& words, std::chrono::sys_days day);
// "November 2026", as short as the catalogue's months are.
std::string month_text(const Words& words, std::chrono::sys_days day);

// "2 down, 1 degraded, 18 operational"; empty when there is nothing.
std::string counts_text(const Words& words, const StateCounts& counts);

}  // namespace allclear::api
