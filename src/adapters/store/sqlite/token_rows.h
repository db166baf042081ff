// The one table of access.db: its schema, its rows. A rollback journal and no write-ahead log, since several processes
// write it. Each call on the caller's connection and thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/token.h"

namespace allclear::store {

std::filesystem::path access_file(const std::filesystem::path& data_folder);

// Within the caller's transaction. A file of a newer program is a fault of the connection.
void make_token_table(Connection& connection);

struct TokenRow {
  Token token;
  std::string digest;
};

// Newest first. A file without a table (it is just being made) has none.
Result<std::vector<TokenRow>> read_tokens(Connection& connection);

}  // namespace allclear::store
