// The sections of the public page, top to bottom. Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

std::string banner_section(const PublicView& view);
std::string open_incidents_section(const PublicView& view);  // empty when none is open
std::string maintenance_section(const PublicView& view);     // empty when none is ahead
std::string services_section(const PublicView& view);
std::string recent_incidents_section(const PublicView& view);

}  // namespace allclear::api
