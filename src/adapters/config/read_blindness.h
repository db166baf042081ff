// Reading `blindness`: by what the monitor tells its own network's faults from others', and who is told that it lives.
#pragma once

#include "adapters/config/config.h"
#include "adapters/config/section.h"

namespace allclear::config {

Blindness read_blindness(const Section& root);

}  // namespace allclear::config
