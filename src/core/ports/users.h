// Users and their sessions: two narrow ports to who may log in and who has. Passwords and the texts of sessions pass
// through and are never kept (S1, S2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/model/user.h"

namespace allclear {

struct NewUser {
  std::string name;
  UserRole role = UserRole::viewer;
  std::string password;
};

enum class UserFault : std::uint8_t { name_taken, not_found, too_many, unavailable };

struct UserError {
  UserFault fault = UserFault::unavailable;
  std::string message;  // for a person
};

enum class UserStanding : std::uint8_t { enabled, disabled };

struct MadeSession {
  Session session;
  std::string text;  // for the browser alone
};

struct SessionUse {
  SessionId id;
  WallTime at;
};

// Blocking; another process may use the same users at the same time. What is written is durable on return. Names and
// passwords were judged before.
class UserBook {
 public:
  virtual ~UserBook() = default;
  virtual Result<User, UserError> create(const NewUser& wanted, WallTime now) = 0;
  // Ends the user's sessions, as disabling and removing do.
  virtual Result<User, UserError> set_password(const std::string& name, const std::string& password, WallTime now) = 0;
  virtual Result<User, UserError> set_role(const std::string& name, UserRole role) = 0;
  virtual Result<User, UserError> set_standing(const std::string& name, UserStanding standing, WallTime now) = 0;
  virtual Result<User, UserError> remove(const std::string& name) = 0;
  virtual Result<std::vector<User>> list() = 0;  // by name

  // Judges the password and begins a session. nullopt: no such user, a wrong password, or a disabled user; each takes
  // as long (S4). A user's oldest sessions make room.
  virtual Result<std::optional<MadeSession>> log_in(const std::string& name, const std::string& password,
                                                    WallTime now) = 0;
  virtual Result<void> end(const SessionId& session) = 0;
  virtual Result<void> put_session_uses(std::span<const SessionUse> uses) = 0;
};

// What requests are judged by. Quick; each object is used from one thread.
class SessionLookup {
 public:
  virtual ~SessionLookup() = default;
  // Whose session this text opens, noted as used; nullopt: nobody's, or one that has ended. What anybody wrote more than
  // 1 s ago is seen; an Error when that cannot be said.
  virtual Result<std::optional<Session>> find(std::string_view text, Instant now) = 0;
  virtual Result<bool> has_users(Instant now) = 0;
  // The next call sees what was written before it.
  virtual void refresh() = 0;
  // Uses since the last call, for UserBook::put_session_uses; at most one for each session and minute.
  virtual std::vector<SessionUse> take_uses() = 0;
};

}  // namespace allclear
