#include "adapters/store/sqlite/user_rows.h"

#include "adapters/store/sqlite/access_file.h"

namespace allclear::store {
namespace {

// As they are stored.
UserRole role_of(std::int64_t number) {
  switch (number) {
    case 1: return UserRole::operating;
    case 2: return UserRole::admin;
    default: return UserRole::viewer;
  }
}

UserRow row_of(const Rows& rows) {
  UserRow row;
  row.user.name = rows.text(0);
  row.user.role = role_of(rows.integer(1));
  row.password = rows.text(2);
  row.user.created_at = rows.time(3);
  row.user.password_set_at = rows.time(4);
  row.user.last_login_at = rows.optional_time(5);
  row.user.disabled_at = rows.optional_time(6);
  return row;
}

}  // namespace

std::vector<UserRow> read_users(Connection& connection) {
  std::vector<UserRow> found;
  if (!has_access_part(connection, AccessPart::users)) return found;
  auto rows = connection.rows(
      "SELECT name, role, password, created_at, password_set_at, last_login_at, disabled_at FROM users ORDER BY name");
  while (rows.next()) found.push_back(row_of(rows));
  return found;
}

std::optional<UserRow> read_user(Connection& connection, const std::string& name) {
  if (!has_access_part(connection, AccessPart::users)) return std::nullopt;
  auto rows = connection.rows(
      "SELECT name, role, password, created_at, password_set_at, last_login_at, disabled_at FROM users WHERE name = ?",
      name);
  return rows.next() ? std::optional(row_of(rows)) : std::nullopt;
}

std::vector<Session> read_sessions(Connection& connection) {
  std::vector<Session> found;
  if (!has_access_part(connection, AccessPart::users)) return found;
  auto rows = connection.rows(
      "SELECT s.id, s.user, u.role, s.created_at, s.used_at FROM sessions s JOIN users u ON u.name = s.user"
      " WHERE u.disabled_at IS NULL");
  while (rows.next()) {
    found.push_back(
        {SessionId(rows.text(0)), std::string(rows.text(1)), role_of(rows.integer(2)), rows.time(3), rows.time(4)});
  }
  return found;
}

void insert_user(Connection& connection, const UserRow& row) {
  connection.run("INSERT INTO users (name, role, password, created_at, password_set_at) VALUES (?, ?, ?, ?, ?)",
                 row.user.name, static_cast<int>(row.user.role), row.password, row.user.created_at,
                 row.user.password_set_at);
}

void insert_session(Connection& connection, const Session& session) {
  connection.run("INSERT INTO sessions (id, user, created_at, used_at) VALUES (?, ?, ?, ?)", session.id.value(),
                 session.user, session.created_at, session.used_at);
}

void end_sessions_of(Connection& connection, const std::string& user) {
  connection.run("DELETE FROM sessions WHERE user = ?", user);
}

void forget_sessions(Connection& connection, const std::string& user, std::size_t kept, WallTime now) {
  connection.run("DELETE FROM sessions WHERE created_at <= ? OR used_at <= ?", now - longest_session,
                 now - longest_idle_session);
  connection.run(
      "DELETE FROM sessions WHERE user = ?1 AND id NOT IN (SELECT id FROM sessions WHERE user = ?1"
      " ORDER BY used_at DESC, created_at DESC LIMIT ?2)",
      user, kept);
}

}  // namespace allclear::store
