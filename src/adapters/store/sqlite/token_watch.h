// TokenWatch: the tokens of access.db as requests are judged by them, kept in memory and read again when any process
// changed the file. One thread.
#pragma once

#include <filesystem>
#include <optional>
#include <unordered_map>

#include "adapters/store/sqlite/followed_file.h"
#include "adapters/store/sqlite/token_rows.h"
#include "core/ports/tokens.h"

namespace allclear::store {

class TokenWatch final : public TokenLookup {
 public:
  explicit TokenWatch(std::filesystem::path file) : file_(std::move(file)) {}

  Result<std::optional<Token>> find(std::string_view text, Instant now) override;
  Result<std::vector<Token>> list(Instant now) override;
  void refresh() override { file_.refresh(); }
  std::vector<TokenUse> take_uses() override;

 private:
  Result<void> look(Instant now);
  void adopt(std::vector<TokenRow> rows);
  void note_use(Token& token, WallTime now);

  FollowedFile file_;
  std::vector<Token> tokens_;  // newest first
  std::unordered_map<std::string, std::size_t> by_digest_;
  std::unordered_map<TokenId, WallTime> uses_;  // not taken yet
};

}  // namespace allclear::store
