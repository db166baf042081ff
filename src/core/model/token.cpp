#include "core/model/token.h"

#include <algorithm>
#include <array>

namespace allclear {
namespace {

constexpr std::array all_scopes{TokenScope::read, TokenScope::write, TokenScope::ingest, TokenScope::admin};
constexpr std::size_t longest_name = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(" ._:@/+-").find(c) != std::string_view::npos;
}

}  // namespace

std::string_view to_string(TokenKind kind) {
  switch (kind) {
    case TokenKind::api: return "api";
    case TokenKind::ping: return "ping";
  }
  return "api";
}

std::string_view to_string(TokenScope scope) {
  switch (scope) {
    case TokenScope::read: return "read";
    case TokenScope::write: return "write";
    case TokenScope::ingest: return "ingest";
    case TokenScope::admin: return "admin";
  }
  return "read";
}

std::string_view to_string(TokenState state) {
  switch (state) {
    case TokenState::active: return "active";
    case TokenState::expired: return "expired";
    case TokenState::revoked: return "revoked";
  }
  return "active";
}

std::optional<TokenScope> parse_token_scope(std::string_view text) {
  const auto found =
      std::find_if(all_scopes.begin(), all_scopes.end(), [&](TokenScope scope) { return to_string(scope) == text; });
  return found == all_scopes.end() ? std::nullopt : std::optional(*found);
}

TokenScopes TokenScopes::from_bits(std::int64_t bits) {
  TokenScopes scopes;
  for (const TokenScope scope : all_scopes) {
    if ((bits >> static_cast<unsigned>(scope) & 1) != 0) scopes.add(scope);
  }
  return scopes;
}

std::vector<TokenScope> TokenScopes::list() const {
  std::vector<TokenScope> scopes;
  for (const TokenScope scope : all_scopes) {
    if (has(scope)) scopes.push_back(scope);
  }
  return scopes;
}

bool TokenScopes::allow(TokenScope needed) const {
  if (has(needed) || has(TokenScope::admin)) return true;
  return needed == TokenScope::read && has(TokenScope::write);
}

TokenState state_of(const Token& token, WallTime now) {
  if (token.revoked_at) return TokenState::revoked;
  return token.expires_at && *token.expires_at <= now ? TokenState::expired : TokenState::active;
}

bool is_token_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || name.front() == ' ' || name.back() == ' ') return false;
  return std::all_of(name.begin(), name.end(), is_name_character);
}

}  // namespace allclear
