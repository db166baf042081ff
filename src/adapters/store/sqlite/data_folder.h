// DataFolder: the folder that holds the database, locked by one process. The lock ends with the object or the process.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace allclear::store {

class DataFolder {
 public:
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database() const { return path_ / "allclear.db"; }

 private:
  friend Result<DataFolder> open_data_folder(const std::filesystem::path& path);
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_;  // descriptor of allclear.lock; -1: moved away
};

// Makes the folder (mode 0700) and those above it when it is missing.
Result<void> make_data_folder(const std::filesystem::path& path);

// Makes the folder when it is missing. Error when another process holds it: names that process.
Result<DataFolder> open_data_folder(const std::filesystem::path& path);

}  // namespace allclear::store
