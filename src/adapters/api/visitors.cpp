#include "adapters/api/visitors.h"

#include "adapters/api/cookies.h"
#include "adapters/api/own_pages.h"
#include "net/digest.h"
#include "net/hmac.h"
#include "net/random.h"

namespace allclear::api {
namespace {

// Other pages cannot read it: nothing of operators' is for other origins.
const std::string& csrf_of_demo() {
  static const std::string made = net::hex_digits(net::random_bytes(32).value_or(""));
  return made;
}

}  // namespace

std::string csrf_of(std::string_view session_text) {
  return net::hex_digits(net::hmac_sha256(session_text, "allclear csrf"));
}

Result<std::optional<Caller>> Visitors::recognise(const net::HttpRequest& request) const {
  const Instant now = clock_.now();
  if (entrance_ == Entrance::loopback && is_from_this_host(request)) {
    const Session session{SessionId(), "demo", UserRole::admin, now.wall, now.wall};
    return Caller{session.user, scopes_of(session.role), session, csrf_of_demo(), Entrance::loopback};
  }
  const std::string_view text = cookie_of(request, Cookie::session);
  if (sessions_ == nullptr || text.empty()) return std::nullopt;
  auto session = sessions_->find(text, now);
  if (!session) return tl::unexpected(session.error());
  if (!*session) return std::nullopt;
  return Caller{(*session)->user, scopes_of((*session)->role), **session, csrf_of(text), Entrance::login};
}

}  // namespace allclear::api
