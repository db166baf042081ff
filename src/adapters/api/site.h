// Site: the public site as files: the same bytes are served and exported (`allclear publish`). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/public_view.h"

namespace allclear::api {

struct SiteFile {
  std::string body;
  std::string_view content_type;
};

// Of all files but the assets, relative to the site: "index.html", "incidents/<id>.html", … In an order in which a reader
// who comes between two of them finds what the pages name.
std::vector<std::string> site_paths(const PublicView& view);
// nullopt: there is no such file.
std::optional<SiteFile> render_site_file(const PublicView& view, std::string_view path);

}  // namespace allclear::api
