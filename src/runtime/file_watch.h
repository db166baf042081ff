// FileWatch: notices that a file's content changed, also when it is replaced by rename or through a symbolic link.
// Polled by its owner; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace allclear::runtime {

class FileWatch {
 public:
  explicit FileWatch(std::filesystem::path file);
  // True once per change: the content differs from what was seen last, and was the same in two polls (so that a
  // half-written file is not read). A missing file is one, too.
  bool changed();

 private:
  struct Stamp {
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  std::optional<Stamp> stamp() const;

  std::filesystem::path file_;
  std::optional<Stamp> seen_;       // absent: it was missing
  std::optional<Stamp> candidate_;  // seen in the last poll, when it differs
  bool settling_ = false;
};

}  // namespace allclear::runtime
