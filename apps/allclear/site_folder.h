// A public site written into a folder, for a static host: the bytes that `serve` would answer.
#pragma once

#include <cstddef>
#include <filesystem>

#include "adapters/api/public_view.h"
#include "base/result.h"

namespace allclear::app {

struct WrittenSite {
  std::size_t files = 0;
  std::size_t changed = 0;  // of them, those whose bytes are new
};

// Each file is whole at every moment, and what a page names is there before the page. Nothing is deleted: pages of old
// incidents and assets that a reader's tab still names stay.
Result<WrittenSite> write_site(const api::PublicView& view, const std::filesystem::path& folder);

}  // namespace allclear::app
