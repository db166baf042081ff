#include "apps/allclear/stored_folder.h"

#include <unistd.h>

#include <fmt/format.h>

namespace allclear::app {

Result<std::filesystem::path> readable_database(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "allclear.db";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return failure(error ? fmt::format("cannot read the data folder {}: {}", folder.string(), error.message())
                         : fmt::format("there is no allclear.db in the data folder {}", folder.string()));
  }
  if (!std::filesystem::exists(file.string() + "-shm", error) && ::access(folder.c_str(), W_OK) != 0) {
    return failure(fmt::format("cannot read {}: SQLite wants to make its -shm file beside it, which this user may not",
                               file.string()));
  }
  return file;
}

Error about_file(const std::filesystem::path& file, const Error& error) {
  const bool named = error.message.find(file.string()) != std::string::npos;
  return named ? error : Error{fmt::format("{}: {}", file.string(), error.message)};
}

}  // namespace allclear::app
