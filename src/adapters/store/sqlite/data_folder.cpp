#include "adapters/store/sqlite/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace allclear::store {
namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

// What the holder wrote into the lock file: its process id. Empty while it is just writing it.
std::string holder_of(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(lock, text.data(), text.size() - 1, 0);
  std::string holder(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  holder.erase(holder.find_last_not_of("\n ") + 1);
  return holder;
}

}  // namespace

DataFolder::DataFolder(DataFolder&& other) noexcept : path_(std::move(other.path_)), lock_(other.lock_) {
  other.lock_ = -1;
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<void> make_data_folder(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  error.clear();  // that it is not there yet is no failure
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error) return failure("cannot make the data folder " + path.string() + ": " + error.message());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure("cannot make the data folder " + path.string() + ": " + reason_of(errno));
  }
  return {};
}

Result<DataFolder> open_data_folder(const std::filesystem::path& path) {
  if (auto made = make_data_folder(path); !made) return tl::make_unexpected(made.error());
  const std::filesystem::path file = path / "allclear.lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return failure("cannot open " + file.string() + ": " + reason_of(errno));
  DataFolder folder(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failure("cannot lock " + file.string() + ": " + reason_of(errno));
    const std::string holder = holder_of(lock);
    return failure("the data folder " + path.string() + " is in use by another allclear" +
                   (holder.empty() ? "" : " (process " + holder + ")"));
  }
  const std::string own = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, own.data(), own.size(), 0) < 0) {
    return failure("cannot write " + file.string() + ": " + reason_of(errno));
  }
  return folder;
}

}  // namespace allclear::store
