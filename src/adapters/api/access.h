// Access: whose token a request carries and whether it may do what it asks (S1). Default: nobody may. One thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/api/problem.h"
#include "base/log.h"
#include "core/ports/clock.h"
#include "core/ports/tokens.h"
#include "net/http_message.h"

namespace allclear::api {

struct Denial {
  Problem problem;  // 401, 403, 429, or 503 when tokens cannot be read
  std::vector<net::HttpField> headers;
};

// Counts wrong tokens by client address, in windows of a minute.
class WrongTokens {
 public:
  // How long the address should wait, once it passed the limit.
  std::optional<seconds> note(const std::string& address, MonotonicTime now);

 private:
  struct Window {
    MonotonicTime since;
    std::size_t count = 0;
  };
  std::unordered_map<std::string, Window> windows_;
};

class Access {
 public:
  // All outlive this.
  Access(TokenLookup& tokens, const Clock& clock, Log& log) : tokens_(tokens), clock_(clock), log_(log) {}

  // `needed` absent: any token that is active.
  Result<Token, Denial> admit(const net::HttpRequest& request, std::optional<TokenScope> needed);

 private:
  Denial wrong_token(const net::HttpRequest& request, std::string why);
  Denial unreadable(const Error& error);

  TokenLookup& tokens_;
  const Clock& clock_;
  Log& log_;
  WrongTokens wrong_;
  std::optional<MonotonicTime> told_;  // that tokens cannot be read
};

}  // namespace allclear::api
