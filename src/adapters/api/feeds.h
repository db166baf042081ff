// The feeds: incidents and announced maintenance as Atom (RFC 4287) and RSS 2.0, with ids that never change. Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

std::string render_atom(const PublicView& view);
std::string render_rss(const PublicView& view);

}  // namespace allclear::api
