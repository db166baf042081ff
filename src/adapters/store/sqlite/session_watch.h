// SessionWatch: the sessions of access.db as requests are judged by them, kept in memory and read again when any process
// changed the file. One thread.
#pragma once

#include <filesystem>
#include <unordered_map>
#include <vector>

#include "adapters/store/sqlite/followed_file.h"
#include "core/ports/users.h"

namespace allclear::store {

class SessionWatch final : public SessionLookup {
 public:
  explicit SessionWatch(std::filesystem::path file) : file_(std::move(file)) {}

  Result<std::optional<Session>> find(std::string_view text, Instant now) override;
  Result<bool> has_users(Instant now) override;
  void refresh() override { file_.refresh(); }
  std::vector<SessionUse> take_uses() override;

 private:
  Result<void> look(Instant now);
  void adopt(std::vector<Session> sessions);

  FollowedFile file_;
  bool has_users_ = false;
  std::unordered_map<SessionId, Session> sessions_;
  std::unordered_map<SessionId, WallTime> uses_;  // not taken yet
};

}  // namespace allclear::store
