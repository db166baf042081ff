// A latency line of half hours, zero-based; where nothing is known it breaks. Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

// An inline SVG; empty when fewer than two neighbouring half hours are known.
std::string sparkline(const LatencyTrend& trend);

}  // namespace allclear::api
