// PowerLossVfs: SQLite's file system with a memory of every write and sync, so that a test can build the disk as a
// power cut at any moment would have left it: synced bytes are there, later ones may be missing or torn.
// One thread; SQLite's default file system until stop() or its end.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace allclear::contract {

class PowerLossVfs {
 public:
  PowerLossVfs();
  ~PowerLossVfs();
  PowerLossVfs(const PowerLossVfs&) = delete;
  PowerLossVfs& operator=(const PowerLossVfs&) = delete;

  // Takes no part in what is opened from now on; what was recorded stays.
  void stop();
  // How many writes, truncations and syncs there were so far.
  std::size_t operations() const;
  // Writes the files as they may be after a cut behind the first `count` operations into `folder`.
  void write_image(std::size_t count, std::mt19937& random, const std::filesystem::path& folder) const;

  struct Trace;

 private:
  struct Registration;
  std::unique_ptr<Trace> trace_;
  std::unique_ptr<Registration> registration_;  // null once stopped
};

}  // namespace allclear::contract
