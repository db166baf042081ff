// The tokens' rows in access.db. Each call on the caller's connection and thread.
#pragma once

#include <string>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/token.h"

namespace allclear::store {

struct TokenRow {
  Token token;
  std::string digest;
};

// Newest first. A file without a table (it is just being made) has none.
Result<std::vector<TokenRow>> read_tokens(Connection& connection);

}  // namespace allclear::store
