#include "adapters/store/sqlite/session_watch.h"

#include <algorithm>

#include "adapters/store/sqlite/user_file.h"
#include "adapters/store/sqlite/user_rows.h"

namespace allclear::store {
namespace {

constexpr std::chrono::minutes session_use_grain{1};

}  // namespace

Result<std::optional<Session>> SessionWatch::find(std::string_view text, Instant now) {
  const SessionId id = session_id_of(text);
  if (auto current = look(now); !current) return tl::make_unexpected(current.error());
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || end_of(found->second) <= now.wall) return std::nullopt;
  Session& session = found->second;
  if (now.wall - session.used_at >= session_use_grain) {
    session.used_at = now.wall;
    uses_[id] = now.wall;
  }
  return session;
}

Result<bool> SessionWatch::has_users(Instant now) {
  if (auto current = look(now); !current) return tl::make_unexpected(current.error());
  return has_users_;
}

std::vector<SessionUse> SessionWatch::take_uses() {
  std::vector<SessionUse> uses;
  for (const auto& [id, at] : uses_) uses.push_back({id, at});
  uses_.clear();
  return uses;
}

Result<void> SessionWatch::look(Instant now) {
  return file_.look(now, [this](Connection* connection) -> Result<void> {
    std::vector<Session> sessions;
    bool users = false;
    if (connection != nullptr) {
      users = !read_users(*connection).empty();
      sessions = read_sessions(*connection);
      if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
    }
    has_users_ = users;
    adopt(std::move(sessions));
    return {};
  });
}

void SessionWatch::adopt(std::vector<Session> sessions) {
  const auto before = std::move(sessions_);
  sessions_.clear();
  for (Session& session : sessions) {
    const auto known = before.find(session.id);
    if (known != before.end()) session.used_at = std::max(session.used_at, known->second.used_at);
    sessions_.emplace(session.id, std::move(session));
  }
}

}  // namespace allclear::store
