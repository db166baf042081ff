// Badges: a state as a small SVG, and as JSON for shields.io's endpoint badge. Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

std::string render_badge(const PublicView& view);  // of the whole page
std::string render_badge(const PublicView& view, const ServiceView& service);
std::string render_badge_json(const PublicView& view, const ServiceView& service);

}  // namespace allclear::api
