#include "adapters/store/sqlite/token_rows.h"

namespace allclear::store {
namespace {

constexpr std::int64_t version = 1;

// False: the file is empty so far, or the connection has a fault.
bool has_table(Connection& connection) {
  const auto found = connection.value("PRAGMA user_version");
  if (found.value_or(0) > version) {
    connection.fail("the tokens have schema " + std::to_string(*found) + ", this program knows up to " +
                    std::to_string(version) + ": use the newer allclear that wrote them");
  }
  return connection.ok() && found == version;
}

}  // namespace

std::filesystem::path access_file(const std::filesystem::path& data_folder) { return data_folder / "access.db"; }

void make_token_table(Connection& connection) {
  if (has_table(connection)) return;
  connection.execute(
      "CREATE TABLE tokens (id TEXT NOT NULL UNIQUE, digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
      " kind INTEGER NOT NULL, scopes INTEGER NOT NULL, service TEXT NOT NULL, created_at INTEGER NOT NULL,"
      " expires_at INTEGER, last_used_at INTEGER, revoked_at INTEGER)");
  connection.execute("CREATE UNIQUE INDEX one_name ON tokens (name) WHERE revoked_at IS NULL");
  connection.execute("PRAGMA user_version=" + std::to_string(version));
}

Result<std::vector<TokenRow>> read_tokens(Connection& connection) {
  std::vector<TokenRow> found;
  if (has_table(connection)) {
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
