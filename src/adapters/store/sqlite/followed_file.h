// FollowedFile: access.db as it is read by a running monitor: opened when it comes, again when it was replaced, and read
// when any process changed it. One thread. It writes nothing, and waits at most a moment for somebody who does.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "adapters/store/sqlite/connection.h"
#include "base/time.h"

namespace allclear::store {

class FollowedFile {
 public:
  // Takes over what the file holds; null: there is no file.
  using Read = std::function<Result<void>(Connection*)>;

  explicit FollowedFile(std::filesystem::path file) : file_(std::move(file)) {}

  // Calls `read` when the content may have changed. Afterwards what anybody wrote more than 1 s ago was read; an Error when
  // that cannot be said (S1).
  Result<void> look(Instant now, const Read& read);
  // The next look() looks.
  void refresh() { looked_at_.reset(); }

 private:
  struct FileId {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const FileId&, const FileId&) = default;
  };

  Result<void> read_when_changed(const Read& read);
  Result<void> follow();

  const std::filesystem::path file_;
  std::optional<FileId> open_file_;         // absent: there is no file
  std::optional<Connection> connection_;    // to it
  std::optional<std::int64_t> version_;     // of the file's content, as it was read
  std::optional<MonotonicTime> looked_at_;  // when it was last sure to be current
};

}  // namespace allclear::store
