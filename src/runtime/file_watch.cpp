#include "runtime/file_watch.h"

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
  const bool settled = settling_ && now == candidate_;
  settling_ = now != seen_ && !settled;
  candidate_ = now;
  if (now == seen_ || !settled) return false;
  seen_ = now;
  return true;
}

}  // namespace allclear::runtime
