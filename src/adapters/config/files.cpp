#include "adapters/config/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace allclear::config {

namespace fs = std::filesystem;

Result<std::string> read_text_file(const fs::path& path, std::size_t largest) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return failure("it is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(errno != 0 ? std::strerror(errno) : "cannot open it");
  std::string text;
  char part[16 * 1024];
  while (file.read(part, sizeof part) || file.gcount() > 0) {
    text.append(part, static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest) return failure(fmt::format("it is larger than {} bytes", largest));
  }
  if (file.bad()) return failure("reading it failed");
  return text;
}

FileLookup::FileLookup(fs::path folder, const Environment& environment)
    : folder_(std::move(folder)), credentials_(environment("CREDENTIALS_DIRECTORY").value_or("")) {}

fs::path FileLookup::resolve(const std::string& path) const {
  if (fs::path(path).is_absolute()) return path;
  std::error_code ignored;
  if (!credentials_.empty() && fs::exists(credentials_ / path, ignored)) return credentials_ / path;
  return folder_ / path;
}

Result<std::string> FileLookup::readable(const std::string& path) const {
  const fs::path resolved = resolve(path);
  std::error_code ignored;
  errno = 0;
  if (fs::is_directory(resolved, ignored) || !std::ifstream(resolved)) {
    return failure(errno != 0 ? std::strerror(errno) : "it is a folder");
  }
  return resolved.string();
}

Result<std::string> FileLookup::secret(const std::string& path) const {
  constexpr std::size_t largest = 64 * 1024;
  const fs::path resolved = resolve(path);
  auto text = read_text_file(resolved, largest);
  if (!text) return text;
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  if (text->empty()) return failure("it is empty");
  return text;
}

}  // namespace allclear::config
