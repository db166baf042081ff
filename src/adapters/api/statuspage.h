// The read endpoints of Statuspage's API v2, so that what reads such a page reads ours. Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

std::string render_v2_summary(const PublicView& view);
std::string render_v2_status(const PublicView& view);
std::string render_v2_components(const PublicView& view);
std::string render_v2_incidents(const PublicView& view);   // open and past
std::string render_v2_unresolved(const PublicView& view);  // open
std::string render_v2_maintenances(const PublicView& view);

}  // namespace allclear::api
