// Small pieces of the page: icons, times, state words. Pure; every function returns finished HTML.
#pragma once

#include <string>
#include <string_view>

#include "adapters/api/public_view.h"

namespace allclear::api {

// The icons as one hidden sprite; icon() refers to it.
std::string_view icon_sprite();
std::string icon(ShownState state);
std::string_view icon_class(ShownState state);  // also the CSS class of everything coloured by state

ShownState shown_state(Indicator indicator);

// "20 Nov 2026, 09:00 UTC" in a <time>.
std::string time_element(WallTime time);
// "20 Nov 2026, 09:00:12 UTC" in a <time>: how fresh something is.
std::string exact_time_element(WallTime time);
// "09:00:12 UTC" in a <time>.
std::string clock_element(WallTime time);
// "20 Nov 2026".
std::string day_text(std::chrono::sys_days day);
// "1 service", "3 services".
std::string count_text(std::size_t count, std::string_view singular, std::string_view plural);

}  // namespace allclear::api
