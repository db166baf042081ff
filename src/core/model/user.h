// User: a person who may log in, and Session: what a browser carries after it. Neither holds a secret. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/model/ids.h"
#include "core/model/token.h"

namespace allclear {

enum class UserRole : std::uint8_t { viewer, operating, admin };  // operating: "operator", which is a word of C++

std::string_view to_string(UserRole role);
std::optional<UserRole> parse_user_role(std::string_view text);
// viewer reads, operator writes too, admin may everything.
TokenScopes scopes_of(UserRole role);

struct User {
  std::string name;  // unique; what timelines and logs say
  UserRole role = UserRole::viewer;
  WallTime created_at;
  WallTime password_set_at;
  std::optional<WallTime> last_login_at;
  std::optional<WallTime> disabled_at;

  friend bool operator==(const User&, const User&) = default;
};

// 1 to 64 lower-case letters, digits and "._@+-", a letter or digit first.
bool is_user_name(std::string_view name);
inline constexpr std::string_view user_name_rule =
    "1 to 64 lower-case letters, digits and ._@+-, a letter or digit first";

inline constexpr std::size_t fewest_password_characters = 10;
inline constexpr std::size_t most_password_characters = 256;
// What is wrong with a password of this user; nullopt: nothing. The text is UTF-8.
std::optional<std::string> find_password_fault(std::string_view password, std::string_view user);

using SessionId = StrongId<struct SessionIdTag>;  // the digest of what the browser carries, in hexadecimal

struct Session {
  SessionId id;
  std::string user;
  UserRole role = UserRole::viewer;  // the user's, as it is now
  WallTime created_at;
  WallTime used_at;

  friend bool operator==(const Session&, const Session&) = default;
};

inline constexpr std::chrono::hours longest_idle_session{12};
inline constexpr std::chrono::hours longest_session{7 * 24};
// When it ends unless it is used again.
WallTime end_of(const Session& session);

}  // namespace allclear
