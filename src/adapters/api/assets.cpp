#include "adapters/api/assets.h"

#include "base/result.h"

namespace allclear::api {

bool is_public(const Asset& asset) { return asset.name == "page.js" || asset.name == "status.css"; }

const Asset* find_asset(std::string_view name) {
  for (const Asset& asset : assets()) {
    if (asset.name == name) return &asset;
  }
  return nullptr;
}

std::string_view asset_path(std::string_view name) {
  const Asset* found = find_asset(name);
  ALLCLEAR_INVARIANT(found != nullptr);
  return found->path;
}

}  // namespace allclear::api
