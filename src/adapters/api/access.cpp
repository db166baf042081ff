#include "adapters/api/access.h"

#include "adapters/api/cookies.h"
#include "adapters/api/own_pages.h"
#include "net/client_key.h"
#include "net/digest.h"

namespace allclear::api {
namespace {

constexpr std::size_t wrong_per_window = 10;
constexpr seconds window_length{60};
constexpr std::size_t most_windows = 4'096;  // so that many addresses cannot fill the memory
constexpr seconds told_again{60};

// The credentials of RFC 6750, section 2.1; empty: none.
std::string_view bearer_of(const net::HttpRequest& request) {
  const std::string_view value = request.header("Authorization");
  constexpr std::string_view scheme = "Bearer ";
  if (value.size() <= scheme.size() || !net::equal_without_case(value.substr(0, scheme.size()), scheme)) return {};
  const std::size_t begin = value.find_first_not_of(' ', scheme.size());
  return begin == std::string_view::npos ? std::string_view() : value.substr(begin);
}

net::HttpField challenge(const std::string& rest) { return {"WWW-Authenticate", "Bearer realm=\"allclear\"" + rest}; }

Denial forbidden(TokenScope needed) {
  const std::string word(to_string(needed));
  return {{403, "this needs a token of scope " + word, {}, {}},
          {challenge(", error=\"insufficient_scope\", scope=\"" + word + "\"")}};
}

Denial refused(std::string why) { return {{403, std::move(why), {}, {}}, {}}; }

bool only_reads(const net::HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

std::optional<seconds> WrongTokens::note(const std::string& address, MonotonicTime now) {
  if (windows_.size() >= most_windows) {
    std::erase_if(windows_, [&](const auto& entry) { return now - entry.second.since >= window_length; });
    if (windows_.size() >= most_windows) windows_.clear();
  }
  Window& window = windows_.try_emplace(net::client_key(address), Window{now, 0}).first->second;
  if (now - window.since >= window_length) window = {now, 0};
  if (++window.count <= wrong_per_window) return std::nullopt;
  return std::chrono::ceil<seconds>(window.since + window_length - now);
}

// A right token is let in whatever came before from its address: behind one address there may be many, and 160 random
// bits are not found by trying.
Denial Access::wrong_token(const net::HttpRequest& request, std::string why) {
  const auto wait = wrong_.note(request.client_address, clock_.now().monotonic);
  if (!wait) return {{401, std::move(why), {}, {}}, {challenge(", error=\"invalid_token\"")}};
  return {{429, "too many wrong tokens from this address", {}, {}}, {{"Retry-After", std::to_string(wait->count())}}};
}

Denial Access::unreadable(const Error& error) {
  const MonotonicTime now = clock_.now().monotonic;
  if (!told_ || now - *told_ >= told_again) {
    told_ = now;
    log_.error("tokens_not_read", {{"error", error.message}});
  }
  return {{503, "tokens and sessions cannot be read at the moment", {}, {}}, {{"Retry-After", "1"}}};
}

Result<Caller, Denial> Access::admit(const net::HttpRequest& request, std::optional<TokenScope> needed) {
  const std::string_view text = bearer_of(request);
  return text.empty() ? admit_user(request, needed) : admit_token(text, request, needed);
}

Result<Caller, Denial> Access::admit_user(const net::HttpRequest& request, std::optional<TokenScope> needed) {
  auto caller = visitors_.recognise(request);
  if (!caller) return tl::unexpected(unreadable(caller.error()));
  if (!*caller) {
    const bool was_someone = !cookie_of(request, Cookie::session).empty();
    return tl::unexpected(Denial{{401,
                                  was_someone ? "this session has ended: log in again at /ops/login"
                                              : "this needs a token (Authorization: Bearer acl_\u2026) or a login",
                                  {},
                                  {}},
                                 {challenge("")}});
  }
  if (!only_reads(request)) {
    if (!is_from_own_page(request)) return tl::unexpected(refused("this was sent by a page of another site"));
    const std::string& csrf = (*caller)->csrf;
    if (csrf.empty() || !net::equal_secrets(request.header("X-CSRF-Token"), csrf)) {
      return tl::unexpected(refused("X-CSRF-Token is not the one that GET /api/v1/session tells"));
    }
  }
  if (needed && !(*caller)->scopes.allow(*needed)) {
    return tl::unexpected(refused("this needs a user who may " + std::string(to_string(*needed)) + ", " +
                                  (*caller)->name + " is " + std::string(to_string((*caller)->session->role))));
  }
  return std::move(**caller);
}

Result<Caller, Denial> Access::admit_token(std::string_view text, const net::HttpRequest& request,
                                           std::optional<TokenScope> needed) {
  const Instant now = clock_.now();
  auto found = tokens_.find(text, now);
  if (!found) return tl::unexpected(unreadable(found.error()));
  if (!*found) return tl::unexpected(wrong_token(request, "there is no such token"));
  switch (state_of(**found, now.wall)) {
    case TokenState::expired: return tl::unexpected(wrong_token(request, "this token has expired"));
    case TokenState::revoked: return tl::unexpected(wrong_token(request, "this token was revoked"));
    case TokenState::active: break;
  }
  const bool opens_nothing = (*found)->kind == TokenKind::ping;
  if (opens_nothing || (needed && !(*found)->scopes.allow(*needed))) {
    return tl::unexpected(forbidden(needed.value_or(TokenScope::read)));
  }
  return Caller{(*found)->name, (*found)->scopes, std::nullopt, {}};
}

}  // namespace allclear::api
