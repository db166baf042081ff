#include "apps/allclear/token_table.h"

#include <algorithm>
#include <array>

namespace allclear::app {
namespace {

using Row = std::array<std::string, 6>;

std::string age_of(const std::optional<WallTime>& time, WallTime now) {
  return time ? describe_duration(now - *time) + " ago" : "never";
}

std::string end_of(const Token& token, WallTime now) {
  switch (state_of(token, now)) {
    case TokenState::revoked: return "revoked " + age_of(token.revoked_at, now);
    case TokenState::expired: return "expired " + age_of(token.expires_at, now);
    case TokenState::active: break;
  }
  return token.expires_at ? "expires in " + describe_duration(*token.expires_at - now) : "active";
}

Row row_of(const Token& token, WallTime now) {
  return {token.id.value(),
          token.name,
          describe_grant(token),
          age_of(token.created_at, now),
          age_of(token.last_used_at, now),
          end_of(token, now)};
}

}  // namespace

std::string describe_grant(const Token& token) {
  if (token.kind == TokenKind::ping) return "ping " + token.service.value();
  std::string words;
  for (const TokenScope scope : token.scopes.list()) words.append(words.empty() ? "" : ", ").append(to_string(scope));
  return words;
}

std::string draw_tokens(const std::vector<Token>& tokens, WallTime now) {
  std::vector<Row> rows{{"ID", "NAME", "MAY", "MADE", "USED", "STATE"}};
  for (const Token& token : tokens) rows.push_back(row_of(token, now));
  std::array<std::size_t, 6> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += line.erase(line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace allclear::app
