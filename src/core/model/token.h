// Token: a key to the API, or to one service's heartbeat, as it is kept: without its text. Value.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"

namespace allclear {

using TokenId = StrongId<struct TokenIdTag>;  // not secret: what lists show and what is revoked by

enum class TokenKind : std::uint8_t { api, ping };  // ping: opens no route of the API
enum class TokenScope : std::uint8_t { read, write, ingest, admin };
enum class TokenState : std::uint8_t { active, expired, revoked };

std::string_view to_string(TokenKind kind);
std::string_view to_string(TokenScope scope);
std::string_view to_string(TokenState state);
std::optional<TokenScope> parse_token_scope(std::string_view text);

class TokenScopes {
 public:
  TokenScopes() = default;
  TokenScopes(std::initializer_list<TokenScope> scopes) {
    for (const TokenScope scope : scopes) add(scope);
  }
  static TokenScopes from_bits(std::int64_t bits);  // bits that mean nothing are dropped

  void add(TokenScope scope) { bits_ |= 1U << static_cast<unsigned>(scope); }
  std::vector<TokenScope> list() const;
  bool empty() const { return bits_ == 0; }
  unsigned bits() const { return bits_; }
  // write includes read, admin everything.
  bool allow(TokenScope needed) const;

  friend bool operator==(const TokenScopes&, const TokenScopes&) = default;

 private:
  bool has(TokenScope scope) const { return (bits_ >> static_cast<unsigned>(scope) & 1U) != 0; }
  unsigned bits_ = 0;
};

struct NewToken {
  std::string name;
  TokenKind kind = TokenKind::api;
  TokenScopes scopes;  // of an API token, at least one
  ServiceId service;   // of a ping token
  std::optional<WallTime> expires_at;
};

struct Token {
  TokenId id;
  std::string name;  // unique among those that are not revoked
  TokenKind kind = TokenKind::api;
  TokenScopes scopes;
  ServiceId service;
  WallTime created_at;
  std::optional<WallTime> expires_at;
  std::optional<WallTime> last_used_at;  // to the minute
  std::optional<WallTime> revoked_at;

  friend bool operator==(const Token&, const Token&) = default;
};

TokenState state_of(const Token& token, WallTime now);

// 1 to 64 letters, digits and " ._:@/+-", no space at an end: it stands in logs and timelines.
bool is_token_name(std::string_view name);
inline constexpr std::string_view token_name_rule = "1 to 64 letters, digits, spaces and ._:@/+-";

}  // namespace allclear
