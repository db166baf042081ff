// The public pages: whole HTML documents from a PublicView, without inline script or style (pages.md, S9). Pure.
#pragma once

#include <string>

#include "adapters/api/public_view.h"

namespace allclear::api {

std::string render_page(const PublicView& view);          // index.html
std::string render_history_page(const PublicView& view);  // history.html
// incidents/<id>.html; the incident may be older than the view's.
std::string render_incident_page(const PublicView& view, const Incident& incident);
// Instead of an incident that there is not.
std::string render_missing_incident_page(const PublicView& view);

}  // namespace allclear::api
