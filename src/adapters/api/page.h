// The public page: a whole HTML document from a PublicView, without inline script or style (pages.md, S9). Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

std::string render_page(const PublicView& view);

}  // namespace allclear::api
