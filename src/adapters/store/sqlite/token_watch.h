// TokenWatch: the tokens of access.db as requests are judged by them, kept in memory and read again when any process
// changed the file. One thread. It never writes a token, and waits at most a moment for somebody who does.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <unordered_map>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/token_rows.h"
#include "core/ports/tokens.h"

namespace allclear::store {

class TokenWatch final : public TokenLookup {
 public:
  explicit TokenWatch(std::filesystem::path file) : file_(std::move(file)) {}

  Result<std::optional<Token>> find(std::string_view text, Instant now) override;
  Result<std::vector<Token>> list(Instant now) override;
  void refresh() override { looked_at_.reset(); }
  std::vector<TokenUse> take_uses() override;

 private:
  struct FileId {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const FileId&, const FileId&) = default;
  };

  Result<void> look(Instant now);
  Result<void> read_when_changed();
  Result<void> follow_file();
  void adopt(std::vector<TokenRow> rows);
  void note_use(Token& token, WallTime now);

  const std::filesystem::path file_;
  std::optional<FileId> open_file_;         // absent: there is no file
  std::optional<Connection> connection_;    // to it
  std::optional<std::int64_t> version_;     // of the file's content, as it was read
  std::optional<MonotonicTime> looked_at_;  // when it was last sure to be current
  std::vector<Token> tokens_;               // newest first
  std::unordered_map<std::string, std::size_t> by_digest_;
  std::unordered_map<TokenId, WallTime> uses_;  // not taken yet
};

}  // namespace allclear::store
