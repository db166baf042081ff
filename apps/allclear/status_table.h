// `allclear status`: a /status answer as a table for a terminal. Pure.
#pragma once

#include <string>

#include "apps/allclear/terminal.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace allclear::app {

// Error: the answer is not what /status of the contract says.
Result<std::string> draw_status(const Json& status, WallTime now, const Terminal& terminal);

}  // namespace allclear::app
