// What the pages load besides themselves, embedded in the program under content-hashed paths (S19). Immutable.
#pragma once

#include <span>
#include <string_view>

namespace allclear::api {

struct Asset {
  std::string_view name;  // "status.css"
  std::string_view path;  // "/a/status-0123456789.css"
  std::string_view content_type;
  std::string_view bytes;
};

std::span<const Asset> assets();
// Whether the public pages name it: the others are the operators' and no file of the site.
bool is_public(const Asset& asset);
// Null: the program was built without it.
const Asset* find_asset(std::string_view name);
// The path of an asset that the program names itself; it must exist.
std::string_view asset_path(std::string_view name);

}  // namespace allclear::api
