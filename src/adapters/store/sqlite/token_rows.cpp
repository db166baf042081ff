#include "adapters/store/sqlite/token_rows.h"

#include "adapters/store/sqlite/access_file.h"

namespace allclear::store {
Result<std::vector<TokenRow>> read_tokens(Connection& connection) {
  std::vector<TokenRow> found;
  if (has_access_part(connection, AccessPart::tokens)) {
    auto rows = connection.rows(
        "SELECT id, digest, name, kind, scopes, service, created_at, expires_at, last_used_at, revoked_at FROM tokens"
        " ORDER BY created_at DESC, rowid DESC");
    while (rows.next()) {
      TokenRow& row = found.emplace_back();
      row.token.id = TokenId(rows.text(0));
      row.digest = rows.text(1);
      row.token.name = rows.text(2);
      row.token.kind = rows.integer(3) == 0 ? TokenKind::api : TokenKind::ping;
      row.token.scopes = TokenScopes::from_bits(rows.integer(4));
      row.token.service = ServiceId(rows.text(5));
      row.token.created_at = rows.time(6);
      row.token.expires_at = rows.optional_time(7);
      row.token.last_used_at = rows.optional_time(8);
      row.token.revoked_at = rows.optional_time(9);
    }
  }
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  return found;
}

}  // namespace allclear::store
