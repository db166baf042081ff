// Visitors: whom a session belongs to, and what a page has to bring along to change anything by it (S2). One thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "core/ports/clock.h"
#include "core/ports/users.h"
#include "net/http_message.h"

namespace allclear::api {

// loopback: a browser on this host is let in without a login, for `allclear demo`.
enum class Entrance : std::uint8_t { login, loopback };

// Who asks: a token or a user.
struct Caller {
  std::string name;
  TokenScopes scopes;
  std::optional<Session> session;  // of a user
  std::string csrf;                // of a user: to be sent back with what changes anything
  Entrance entrance = Entrance::login;
};

class Visitors {
 public:
  // All outlive this. `sessions` null: nobody can log in.
  Visitors(SessionLookup* sessions, const Clock& clock, Entrance entrance)
      : sessions_(sessions), clock_(clock), entrance_(entrance) {}

  // nullopt: nobody who is logged in. Error: that cannot be said now.
  Result<std::optional<Caller>> recognise(const net::HttpRequest& request) const;

 private:
  SessionLookup* sessions_;
  const Clock& clock_;
  Entrance entrance_;
};

// What belongs to the text of a session, and tells nothing about it.
std::string csrf_of(std::string_view session_text);

}  // namespace allclear::api
