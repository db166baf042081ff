// The sections of the index around its services, top to bottom. Pure.
#pragma once

#include <string>

#include "adapters/api/page_parts.h"

namespace allclear::api {

std::string banner_section(const Sheet& sheet);
std::string open_incidents_section(const Sheet& sheet);  // empty inside when none is open
std::string maintenance_section(const Sheet& sheet);     // likewise when none is ahead
std::string recent_incidents_section(const Sheet& sheet);

}  // namespace allclear::api
