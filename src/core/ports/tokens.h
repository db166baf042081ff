// Tokens: two narrow ports to who may ask for what. A token's text leaves create() and is never kept (S1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/model/token.h"

namespace allclear {

struct MadeToken {
  Token token;
  std::string text;  // to be shown once
};

enum class TokenFault : std::uint8_t { name_taken, too_many, unavailable };

struct TokenError {
  TokenFault fault = TokenFault::unavailable;
  std::string message;  // for a person
};

struct TokenUse {
  TokenId id;
  WallTime at;
};

// Blocking; another process may use the same tokens at the same time. What is written is durable on return.
class TokenBook {
 public:
  virtual ~TokenBook() = default;
  virtual Result<MadeToken, TokenError> create(const NewToken& wanted, WallTime now) = 0;
  // The token as it stands after it; one that was revoked before stays as it was. nullopt: there is none.
  virtual Result<std::optional<Token>> revoke(const TokenId& id, WallTime now) = 0;
  virtual Result<std::vector<Token>> list() = 0;  // newest first
  virtual Result<void> put_uses(std::span<const TokenUse> uses) = 0;
};

// What requests are judged by. Quick; each object is used from one thread.
class TokenLookup {
 public:
  virtual ~TokenLookup() = default;
  // Whose text this is, expired and revoked ones too; notes an active one as used. What anybody wrote more than 1 s ago
  // is seen; an Error when that cannot be said.
  virtual Result<std::optional<Token>> find(std::string_view text, Instant now) = 0;
  virtual Result<std::vector<Token>> list(Instant now) = 0;  // newest first, uses included
  // The next find() sees what was written before it.
  virtual void refresh() = 0;
  // Uses since the last call, for TokenBook::put_uses; at most one for each token and minute.
  virtual std::vector<TokenUse> take_uses() = 0;
};

}  // namespace allclear
