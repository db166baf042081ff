#include "adapters/api/assets.h"

#include "base/result.h"

namespace allclear::api {

std::string_view asset_path(std::string_view name) {
  const Asset* found = nullptr;
  for (const Asset& asset : assets()) {
    if (asset.name == name) found = &asset;
  }
  ALLCLEAR_INVARIANT(found != nullptr);
  return found->path;
}

}  // namespace allclear::api
