#include "adapters/store/sqlite/user_file.h"

#include "adapters/store/sqlite/access_file.h"
#include "adapters/store/sqlite/password_hash.h"
#include "adapters/store/sqlite/token_text.h"
#include "net/digest.h"

namespace allclear::store {
namespace {

constexpr std::size_t most_users = 1'000;
constexpr std::size_t most_sessions_of_a_user = 20;
constexpr std::size_t session_bytes = 32;

UserError out_of_reach(Error error) { return {UserFault::unavailable, std::move(error.message)}; }

UserError nobody(const std::string& name) {
  return {UserFault::not_found, "there is no user " + name + " (allclear user list shows them)"};
}

std::optional<UserError> find_obstacle(Connection& connection, const NewUser& wanted) {
  const auto present = read_users(connection);
  for (const UserRow& row : present) {
    if (row.user.name == wanted.name)
      return UserError{UserFault::name_taken, "there is a user " + wanted.name + " already"};
  }
  if (present.size() < most_users) return std::nullopt;
  return UserError{UserFault::too_many, "there are " + std::to_string(present.size()) + " users: remove some first"};
}

}  // namespace

SessionId session_id_of(std::string_view text) { return SessionId(net::hex_digits(net::sha256(text))); }

Result<User, UserError> UserFile::create(const NewUser& wanted, WallTime now) {
  auto hash = hash_password(wanted.password);
  if (!hash) return tl::make_unexpected(out_of_reach(hash.error()));
  if (auto made = make_access_file(file_); !made) return tl::make_unexpected(out_of_reach(made.error()));
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(out_of_reach(connection.error()));
  Transaction transaction(*connection);
  make_access_tables(*connection);
  const auto obstacle = find_obstacle(*connection, wanted);
  if (auto fault = connection->take_fault()) return tl::make_unexpected(out_of_reach(std::move(*fault)));
  if (obstacle) return tl::make_unexpected(*obstacle);
  UserRow row{{wanted.name, wanted.role, now, now, std::nullopt, std::nullopt}, std::move(*hash)};
  insert_user(*connection, row);
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(out_of_reach(stored.error()));
  return std::move(row.user);
}

Result<User, UserError> UserFile::change(const std::string& name, const std::function<void(Connection&, User&)>& work) {
  if (!has_access_file(file_)) return tl::make_unexpected(nobody(name));
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(out_of_reach(connection.error()));
  Transaction transaction(*connection);
  auto found = read_user(*connection, name);
  if (auto fault = connection->take_fault()) return tl::make_unexpected(out_of_reach(std::move(*fault)));
  if (!found) return tl::make_unexpected(nobody(name));
  work(*connection, found->user);
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(out_of_reach(stored.error()));
  return std::move(found->user);
}

Result<User, UserError> UserFile::set_password(const std::string& name, const std::string& password, WallTime now) {
  const auto hash = hash_password(password);
  if (!hash) return tl::make_unexpected(out_of_reach(hash.error()));
  return change(name, [&](Connection& connection, User& user) {
    user.password_set_at = now;
    connection.run("UPDATE users SET password = ?, password_set_at = ? WHERE name = ?", *hash, now, name);
    end_sessions_of(connection, name);
  });
}

Result<User, UserError> UserFile::set_role(const std::string& name, UserRole role) {
  return change(name, [&](Connection& connection, User& user) {
    user.role = role;
    connection.run("UPDATE users SET role = ? WHERE name = ?", static_cast<int>(role), name);
  });
}

Result<User, UserError> UserFile::set_standing(const std::string& name, UserStanding standing, WallTime now) {
  return change(name, [&](Connection& connection, User& user) {
    if (standing == UserStanding::enabled) user.disabled_at.reset();
    if (standing == UserStanding::disabled) user.disabled_at = user.disabled_at.value_or(now);
    connection.run("UPDATE users SET disabled_at = ? WHERE name = ?", user.disabled_at, name);
    end_sessions_of(connection, name);
  });
}

Result<User, UserError> UserFile::remove(const std::string& name) {
  return change(name, [&](Connection& connection, User&) {
    connection.run("DELETE FROM users WHERE name = ?", name);
    end_sessions_of(connection, name);
  });
}

Result<std::vector<User>> UserFile::list() {
  std::vector<User> users;
  if (!has_access_file(file_)) return users;
  auto connection = Connection::open(file_, OpenMode::existing);
  if (!connection) return tl::make_unexpected(connection.error());
  for (UserRow& row : read_users(*connection)) users.push_back(std::move(row.user));
  if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
  return users;
}

Result<std::optional<UserRow>> UserFile::find(const std::string& name) {
  if (!has_access_file(file_)) return std::nullopt;
  auto connection = Connection::open(file_, OpenMode::existing);
  if (!connection) return tl::make_unexpected(connection.error());
  auto row = read_user(*connection, name);
  if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
  return row;
}

// The password is judged while nothing is locked, then what it was judged by is looked at again.
Result<std::optional<MadeSession>> UserFile::log_in(const std::string& name, const std::string& password,
                                                    WallTime now) {
  const auto row = find(name);
  if (!row) return tl::make_unexpected(row.error());
  if (!*row) {
    if (auto judged = judge_nothing(password); !judged) return tl::make_unexpected(judged.error());
    return std::nullopt;
  }
  const auto right = is_password(password, (*row)->password);
  if (!right) return tl::make_unexpected(right.error());
  if (!*right || (*row)->user.disabled_at) return std::nullopt;
  return begin(**row, now);
}

Result<std::optional<MadeSession>> UserFile::begin(const UserRow& judged, WallTime now) {
  auto text = random_text(session_bytes);
  if (!text) return tl::make_unexpected(text.error());
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(connection.error());
  Transaction transaction(*connection);
  const auto present = read_user(*connection, judged.user.name);
  if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
  if (!present || present->user.disabled_at || present->password != judged.password) return std::nullopt;
  const Session session{session_id_of(*text), judged.user.name, present->user.role, now, now};
  forget_sessions(*connection, session.user, most_sessions_of_a_user - 1, now);
  insert_session(*connection, session);
  connection->run("UPDATE users SET last_login_at = ? WHERE name = ?", now, session.user);
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  return MadeSession{session, std::move(*text)};
}

Result<void> UserFile::end(const SessionId& session) {
  if (!has_access_file(file_)) return {};
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(connection.error());
  Transaction transaction(*connection);
  connection->run("DELETE FROM sessions WHERE id = ?", session.value());
  return transaction.commit();
}

Result<void> UserFile::put_session_uses(std::span<const SessionUse> uses) {
  if (uses.empty() || !has_access_file(file_)) return {};
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(connection.error());
  Transaction transaction(*connection);
  for (const SessionUse& use : uses) {
    connection->run("UPDATE sessions SET used_at = max(used_at, ?) WHERE id = ?", use.at, use.id.value());
  }
  return transaction.commit();
}

}  // namespace allclear::store
