#include "adapters/store/sqlite/token_file.h"

#include <algorithm>

#include "adapters/store/sqlite/access_file.h"
#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/token_rows.h"
#include "adapters/store/sqlite/token_text.h"

namespace allclear::store {
namespace {

constexpr std::size_t most_tokens = 1'000;   // that are neither revoked nor expired
constexpr std::chrono::days ended_kept{90};  // what was revoked or has expired stays in lists so long
constexpr std::size_t id_bytes = 8;

TokenError unavailable(Error error) { return {TokenFault::unavailable, std::move(error.message)}; }

void forget_ended(Connection& connection, WallTime now) {
  const WallTime before = now - ended_kept;
  connection.run("DELETE FROM tokens WHERE revoked_at < ?1 OR expires_at < ?1", before);
}

std::optional<TokenError> refusal(const std::vector<TokenRow>& present, const NewToken& wanted, WallTime now) {
  std::size_t active = 0;
  for (const TokenRow& row : present) {
    if (!row.token.revoked_at && row.token.name == wanted.name) {
      return TokenError{TokenFault::name_taken, "a token is called " + wanted.name + " already: revoke it first"};
    }
    active += state_of(row.token, now) == TokenState::active ? 1 : 0;
  }
  if (active < most_tokens) return std::nullopt;
  return TokenError{TokenFault::too_many, "there are " + std::to_string(active) + " tokens: revoke some first"};
}

Token token_of(const NewToken& wanted, TokenId id, WallTime now) {
  Token token;
  token.id = std::move(id);
  token.name = wanted.name;
  token.kind = wanted.kind;
  token.scopes = wanted.scopes;
  token.service = wanted.service;
  token.created_at = now;
  token.expires_at = wanted.expires_at;
  return token;
}

void insert(Connection& connection, const Token& token, const std::string& digest) {
  connection.run(
      "INSERT INTO tokens (id, digest, name, kind, scopes, service, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?,"
      " ?, ?)",
      token.id.value(), Bytes{digest}, token.name, static_cast<int>(token.kind), token.scopes.bits(),
      token.service.value(), token.created_at, token.expires_at);
}

}  // namespace

Result<MadeToken, TokenError> TokenFile::create(const NewToken& wanted, WallTime now) {
  auto text = make_token_text();
  auto id = random_text(id_bytes);
  if (!text || !id) return tl::make_unexpected(unavailable(!text ? text.error() : id.error()));
  if (auto made = make_access_file(file_); !made) return tl::make_unexpected(unavailable(made.error()));
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(unavailable(connection.error()));
  Transaction transaction(*connection);
  make_access_tables(*connection);
  const auto present = read_tokens(*connection);
  if (!present) return tl::make_unexpected(unavailable(present.error()));
  if (auto refused = refusal(*present, wanted, now)) return tl::make_unexpected(std::move(*refused));
  MadeToken made{token_of(wanted, TokenId(*id), now), std::move(*text)};
  forget_ended(*connection, now);
  insert(*connection, made.token, token_digest(made.text));
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(unavailable(stored.error()));
  return made;
}

Result<std::optional<Token>> TokenFile::revoke(const TokenId& id, WallTime now) {
  if (!has_access_file(file_)) return std::nullopt;
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(connection.error());
  Transaction transaction(*connection);
  auto present = read_tokens(*connection);
  if (!present) return tl::make_unexpected(present.error());
  const auto found =
      std::find_if(present->begin(), present->end(), [&](const TokenRow& row) { return row.token.id == id; });
  if (found == present->end()) return std::nullopt;
  if (found->token.revoked_at) return std::move(found->token);
  connection->run("UPDATE tokens SET revoked_at = ? WHERE id = ?", now, id.value());
  if (auto stored = transaction.commit(); !stored) return tl::make_unexpected(stored.error());
  found->token.revoked_at = now;
  return std::move(found->token);
}

Result<std::vector<Token>> TokenFile::list() {
  std::vector<Token> tokens;
  if (!has_access_file(file_)) return tokens;
  auto connection = Connection::open(file_, OpenMode::existing);
  if (!connection) return tl::make_unexpected(connection.error());
  auto rows = read_tokens(*connection);
  if (!rows) return tl::make_unexpected(rows.error());
  for (TokenRow& row : *rows) tokens.push_back(std::move(row.token));
  return tokens;
}

Result<void> TokenFile::put_uses(std::span<const TokenUse> uses) {
  if (uses.empty() || !has_access_file(file_)) return {};
  auto connection = open_access_file(file_);
  if (!connection) return tl::make_unexpected(connection.error());
  Transaction transaction(*connection);
  for (const TokenUse& use : uses) {
    connection->run("UPDATE tokens SET last_used_at = max(coalesce(last_used_at, ?1), ?1) WHERE id = ?2", use.at,
                    use.id.value());
  }
  return transaction.commit();
}

}  // namespace allclear::store
