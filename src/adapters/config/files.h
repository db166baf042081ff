// Files that a config names: where a relative path lies and what a secret's file holds. Reads files; any thread.
#pragma once

#include <filesystem>
#include <string>

#include "adapters/config/substitute.h"
#include "base/result.h"

namespace allclear::config {

class FileLookup {
 public:
  // `folder`: of the config file.
  FileLookup(std::filesystem::path folder, const Environment& environment);

  // A relative path: in $CREDENTIALS_DIRECTORY when it is there, else beside the config file.
  std::filesystem::path resolve(const std::string& path) const;
  // The resolved path of a file that can be read now. Errors, here and below, tell why and not which file: its path may
  // have come from the environment.
  Result<std::string> readable(const std::string& path) const;
  // A secret: the file's text without its line end, 1 byte to 64 KiB.
  Result<std::string> secret(const std::string& path) const;

 private:
  std::filesystem::path folder_;
  std::filesystem::path credentials_;
};

// The whole file; at most `largest` bytes.
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t largest);

}  // namespace allclear::config
