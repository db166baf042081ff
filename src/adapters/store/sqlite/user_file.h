// UserFile: users and their sessions in access.db of the data folder, beside the tokens. Each call opens the file anew; any
// thread, any number of processes. A password costs about 20 ms of a core and 19 MiB.
#pragma once

#include <filesystem>
#include <functional>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/user_rows.h"
#include "core/ports/users.h"

namespace allclear::store {

class UserFile final : public UserBook {
 public:
  explicit UserFile(std::filesystem::path file) : file_(std::move(file)) {}

  // Makes file and folder when they are missing, as TokenFile does.
  Result<User, UserError> create(const NewUser& wanted, WallTime now) override;
  Result<User, UserError> set_password(const std::string& name, const std::string& password, WallTime now) override;
  Result<User, UserError> set_role(const std::string& name, UserRole role) override;
  Result<User, UserError> set_standing(const std::string& name, UserStanding standing, WallTime now) override;
  Result<User, UserError> remove(const std::string& name) override;
  Result<std::vector<User>> list() override;
  Result<std::optional<MadeSession>> log_in(const std::string& name, const std::string& password,
                                            WallTime now) override;
  Result<void> end(const SessionId& session) override;
  Result<void> put_session_uses(std::span<const SessionUse> uses) override;

 private:
  // In one transaction: `work` changes the user that is there, and the rows.
  Result<User, UserError> change(const std::string& name, const std::function<void(Connection&, User&)>& work);
  Result<std::optional<UserRow>> find(const std::string& name);
  // Unless somebody changed the user since the row was read.
  Result<std::optional<MadeSession>> begin(const UserRow& judged, WallTime now);

  std::filesystem::path file_;
};

// The session that this text opens.
SessionId session_id_of(std::string_view text);

}  // namespace allclear::store
