#include "runtime/file_watch.h"

#include <utility>

#include <sys/stat.h>

namespace allclear::runtime {

FileWatch::FileWatch(std::filesystem::path file) : file_(std::move(file)), seen_(stamp()) {}

std::optional<FileWatch::Stamp> FileWatch::stamp() const {
  struct stat facts {};
  if (stat(file_.c_str(), &facts) != 0) return std::nullopt;
  return Stamp{facts.st_ino, facts.st_size, facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec};
}

bool FileWatch::changed() {
  const auto now = stamp();
  if (!now || now == seen_) {
    candidate_.reset();
    return false;
  }
  if (now != candidate_) {
    candidate_ = now;
    return false;
  }
  seen_ = std::exchange(candidate_, std::nullopt);
  return true;
}

}  // namespace allclear::runtime
