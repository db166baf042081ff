#include "adapters/store/sqlite/followed_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include <sqlite3.h>

namespace allclear::store {
namespace {

constexpr milliseconds look_period{250};
constexpr milliseconds longest_unsure{1'000};  // S1
constexpr int longest_wait_ms = 200;           // for another process that is just writing

}  // namespace

Result<void> FollowedFile::look(Instant now, const Read& read) {
  if (looked_at_ && now.monotonic - *looked_at_ < look_period) return {};
  auto done = read_when_changed(read);
  if (done) {
    looked_at_ = now.monotonic;
  } else if (looked_at_ && now.monotonic - *looked_at_ < longest_unsure) {
    return {};
  }
  return done;
}

Result<void> FollowedFile::read_when_changed(const Read& read) {
  if (auto followed = follow(); !followed) return followed;
  if (!connection_) return read(nullptr);
  // Asked before the rows are read: what is written in between is seen by the next look.
  const auto version = connection_->value("PRAGMA data_version");
  if (auto fault = connection_->take_fault()) return tl::make_unexpected(std::move(*fault));
  if (version_ && version_ == version) return {};
  if (auto done = read(&*connection_); !done) return done;
  version_ = version;
  return {};
}

// The file may come, go, or be replaced by a restored one.
Result<void> FollowedFile::follow() {
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) {
    if (errno != ENOENT) {
      return failure("cannot look at " + file_.string() + ": " + std::generic_category().message(errno));
    }
    connection_.reset();
    open_file_.reset();
    return {};
  }
  const FileId present{status.st_dev, status.st_ino};
  if (connection_ && open_file_ == present) return {};
  connection_.reset();
  version_.reset();
  auto opened = Connection::open(file_, OpenMode::existing);
  if (!opened) return tl::make_unexpected(opened.error());
  sqlite3_busy_timeout(opened->handle(), longest_wait_ms);
  connection_.emplace(std::move(*opened));
  open_file_ = present;
  return {};
}

}  // namespace allclear::store
