#include "core/model/user.h"

#include <algorithm>
#include <array>

namespace allclear {
namespace {

constexpr std::size_t longest_user_name = 64;

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_unseen(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::string_view to_string(UserRole role) {
  switch (role) {
    case UserRole::viewer: return "viewer";
    case UserRole::operating: return "operator";
    case UserRole::admin: return "admin";
  }
  return "viewer";
}

std::optional<UserRole> parse_user_role(std::string_view text) {
  for (const UserRole role : {UserRole::viewer, UserRole::operating, UserRole::admin}) {
    if (to_string(role) == text) return role;
  }
  return std::nullopt;
}

TokenScopes scopes_of(UserRole role) {
  switch (role) {
    case UserRole::viewer: return {TokenScope::read};
    case UserRole::operating: return {TokenScope::read, TokenScope::write};
    case UserRole::admin: return {TokenScope::admin};
  }
  return {};
}

bool is_user_name(std::string_view name) {
  if (name.empty() || name.size() > longest_user_name || !is_plain(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_plain(c) || std::string_view("._@+-").find(c) != std::string_view::npos; });
}

std::optional<std::string> find_password_fault(std::string_view password, std::string_view user) {
  const auto characters =
      std::count_if(password.begin(), password.end(), [](char c) { return (c & 0xC0) != 0x80; });  // of UTF-8
  if (static_cast<std::size_t>(characters) < fewest_password_characters ||
      static_cast<std::size_t>(characters) > most_password_characters) {
    return "a password has 10 to 256 characters, this one has " + std::to_string(characters);
  }
  if (std::any_of(password.begin(), password.end(), is_unseen)) return "a password has no control characters";
  const bool is_name = std::equal(password.begin(), password.end(), user.begin(), user.end(),
                                  [](char a, char b) { return lower_case(a) == lower_case(b); });
  if (is_name) return "the user's name is no password";
  return std::nullopt;
}

WallTime end_of(const Session& session) {
  return std::min(session.created_at + longest_session, session.used_at + longest_idle_session);
}

}  // namespace allclear
