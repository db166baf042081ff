#include "adapters/store/sqlite/token_watch.h"

#include <algorithm>

#include "adapters/store/sqlite/token_text.h"

namespace allclear::store {
namespace {

constexpr std::chrono::minutes use_grain{1};

}  // namespace

Result<std::optional<Token>> TokenWatch::find(std::string_view text, Instant now) {
  const std::string digest = token_digest(text);
  if (auto current = look(now); !current) return tl::make_unexpected(current.error());
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return std::nullopt;
  Token& token = tokens_[found->second];
  if (state_of(token, now.wall) == TokenState::active) note_use(token, now.wall);
  return token;
}

Result<std::vector<Token>> TokenWatch::list(Instant now) {
  if (auto current = look(now); !current) return tl::make_unexpected(current.error());
  return tokens_;
}

void TokenWatch::note_use(Token& token, WallTime now) {
  if (token.last_used_at && now >= *token.last_used_at && now - *token.last_used_at < use_grain) return;
  token.last_used_at = now;
  uses_[token.id] = now;
}

std::vector<TokenUse> TokenWatch::take_uses() {
  std::vector<TokenUse> uses;
  for (const auto& [id, at] : uses_) uses.push_back({id, at});
  uses_.clear();
  return uses;
}

Result<void> TokenWatch::look(Instant now) {
  return file_.look(now, [this](Connection* connection) -> Result<void> {
    auto rows = connection == nullptr ? Result<std::vector<TokenRow>>() : read_tokens(*connection);
    if (!rows) return tl::make_unexpected(rows.error());
    adopt(std::move(*rows));
    return {};
  });
}

void TokenWatch::adopt(std::vector<TokenRow> rows) {
  tokens_.clear();
  by_digest_.clear();
  for (TokenRow& row : rows) {
    const auto use = uses_.find(row.token.id);
    if (use != uses_.end())
      row.token.last_used_at = std::max(row.token.last_used_at.value_or(use->second), use->second);
    by_digest_.emplace(std::move(row.digest), tokens_.size());
    tokens_.push_back(std::move(row.token));
  }
}

}  // namespace allclear::store
