#include "adapters/store/sqlite/token_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sqlite3.h>

#include "adapters/store/sqlite/token_text.h"

namespace allclear::store {
namespace {

constexpr milliseconds look_period{250};
constexpr milliseconds longest_unsure{1'000};  // S1
constexpr int longest_wait_ms = 200;           // for another process that is just writing
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
  if (looked_at_ && now.monotonic - *looked_at_ < look_period) return {};
  auto read = read_when_changed();
  if (read) {
    looked_at_ = now.monotonic;
  } else if (looked_at_ && now.monotonic - *looked_at_ < longest_unsure) {
    return {};
  }
  return read;
}

Result<void> TokenWatch::read_when_changed() {
  if (auto followed = follow_file(); !followed) return followed;
  if (!connection_) {
    adopt({});
    return {};
  }
  // Asked before the rows are read: what is written in between is seen by the next look.
  const auto version = connection_->value("PRAGMA data_version");
  if (auto fault = connection_->take_fault()) return tl::make_unexpected(std::move(*fault));
  if (version_ && version_ == version) return {};
  auto rows = read_tokens(*connection_);
  if (!rows) return tl::make_unexpected(rows.error());
  adopt(std::move(*rows));
  version_ = version;
  return {};
}

// The file may come, go, or be replaced by a restored one.
Result<void> TokenWatch::follow_file() {
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) {
    if (errno != ENOENT) {
      return failure("cannot look at " + file_.string() + ": " + std::generic_category().message(errno));
    }
    connection_.reset();
    open_file_.reset();
    return {};
  }
  const FileId present{status.st_dev, status.st_ino};
  if (connection_ && open_file_ == present) return {};
  connection_.reset();
  version_.reset();
  auto opened = Connection::open(file_, OpenMode::existing);
  if (!opened) return tl::make_unexpected(opened.error());
  sqlite3_busy_timeout(opened->handle(), longest_wait_ms);
  connection_.emplace(std::move(*opened));
  open_file_ = present;
  return {};
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
