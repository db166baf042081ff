// Early starts: a check that was never seen (or whose slot was slept through) need not wait for its slot, but many of
// them must not start as a herd (R7). Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace allclear {

// A check whose first slot is nearer than this waits for it.
inline constexpr milliseconds early_start_worth{10'000};

// Over how long `count` early starts are spread beside `regular_per_second` starts of the grid: 10 s for a few, else
// as long as it takes at half the grid's own rate (at least ten a second).
milliseconds early_window(std::size_t count, double regular_per_second);

// Where in the window this check's place is; independent of its phase.
milliseconds early_offset(std::uint64_t identity_hash, milliseconds window);

}  // namespace allclear
