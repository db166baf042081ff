// The services of the index: groups that fold, and a row for each service. Pure.
#pragma once

#include <string>

#include "adapters/api/page_parts.h"

namespace allclear::api {

std::string services_section(const Sheet& sheet);

}  // namespace allclear::api
