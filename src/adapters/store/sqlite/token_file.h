// TokenFile: the tokens in access.db of the data folder (mode 0600), beside the database that the running monitor has
// locked. Each call opens the file anew; any thread, any number of processes.
#pragma once

#include <filesystem>

#include "core/ports/tokens.h"

namespace allclear::store {

class TokenFile final : public TokenBook {
 public:
  explicit TokenFile(std::filesystem::path file) : file_(std::move(file)) {}

  // Makes file and folder when they are missing; made by root, the file belongs to the folder's owner.
  Result<MadeToken, TokenError> create(const NewToken& wanted, WallTime now) override;
  Result<std::optional<Token>> revoke(const TokenId& id, WallTime now) override;
  Result<std::vector<Token>> list() override;
  Result<void> put_uses(std::span<const TokenUse> uses) override;

 private:
  std::filesystem::path file_;
};

}  // namespace allclear::store
