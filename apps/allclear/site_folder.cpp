#include "apps/allclear/site_folder.h"

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "adapters/api/assets.h"
#include "adapters/api/site.h"

namespace allclear::app {
namespace {

std::string message_of(const std::filesystem::path& file, const std::error_code& error) {
  return fmt::format("cannot write {}: {}", file.string(), error.message());
}

bool holds(const std::filesystem::path& file, std::string_view bytes) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return false;
  const std::string found((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return found == bytes;
}

// True: its bytes are new.
Result<bool> write_file(const std::filesystem::path& file, std::string_view bytes) {
  if (holds(file, bytes)) return false;
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return failure(message_of(file.parent_path(), error));
  const std::filesystem::path unfinished = file.string() + ".unfinished";
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return failure(message_of(unfinished, std::error_code(errno, std::generic_category())));
  std::filesystem::rename(unfinished, file, error);
  if (error) return failure(message_of(file, error));
  return true;
}

}  // namespace

Result<WrittenSite> write_site(const api::PublicView& view, const std::filesystem::path& folder) {
  WrittenSite written;
  const auto put = [&](std::string_view path, std::string_view bytes) -> Result<void> {
    const auto changed = write_file(folder / path, bytes);
    if (!changed) return tl::unexpected(changed.error());
    ++written.files;
    written.changed += *changed ? 1 : 0;
    return {};
  };
  for (const api::Asset& asset : api::assets()) {
    if (!api::is_public(asset)) continue;
    if (auto put_it = put(asset.path.substr(1), asset.bytes); !put_it) return tl::unexpected(put_it.error());
  }
  for (const std::string& path : api::site_paths(view)) {
    const auto file = api::render_site_file(view, path);
    ALLCLEAR_INVARIANT(file.has_value());
    if (auto put_it = put(path, file->body); !put_it) return tl::unexpected(put_it.error());
  }
  return written;
}

}  // namespace allclear::app
