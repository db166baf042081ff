// The rows of users and sessions in access.db. Each call on the caller's connection and thread; faults stick to the
// connection, as those of statements do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/user.h"

namespace allclear::store {

struct UserRow {
  User user;
  std::string password;  // as hash_password() wrote it
};

// By name. A file without the table has none.
std::vector<UserRow> read_users(Connection& connection);
std::optional<UserRow> read_user(Connection& connection, const std::string& name);
// Of users who may log in; those that have ended, too.
std::vector<Session> read_sessions(Connection& connection);

void insert_user(Connection& connection, const UserRow& row);
void insert_session(Connection& connection, const Session& session);
void end_sessions_of(Connection& connection, const std::string& user);
// Those that ended, and of this user's all but the `kept` that were used last.
void forget_sessions(Connection& connection, const std::string& user, std::size_t kept, WallTime now);

}  // namespace allclear::store
