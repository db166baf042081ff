// Access: whose token or session a request carries and whether it may do what it asks (S1, S2, S5). Default: nobody may.
// One thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/api/problem.h"
#include "adapters/api/visitors.h"
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
  Access(TokenLookup& tokens, const Clock& clock, Log& log, Visitors visitors)
      : tokens_(tokens), clock_(clock), log_(log), visitors_(visitors) {}

  // `needed` absent: any token or session that is active. A token that is sent is judged by itself. What changes anything by
  // a session has to come from a page of ours and bring its csrf along.
  Result<Caller, Denial> admit(const net::HttpRequest& request, std::optional<TokenScope> needed);

 private:
  Result<Caller, Denial> admit_token(std::string_view text, const net::HttpRequest& request,
                                     std::optional<TokenScope> needed);
  Result<Caller, Denial> admit_user(const net::HttpRequest& request, std::optional<TokenScope> needed);
  Denial wrong_token(const net::HttpRequest& request, std::string why);
  Denial unreadable(const Error& error);

  TokenLookup& tokens_;
  const Clock& clock_;
  Log& log_;
  Visitors visitors_;
  WrongTokens wrong_;
  std::optional<MonotonicTime> told_;  // that these cannot be read
};

}  // namespace allclear::api
