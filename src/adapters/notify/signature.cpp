#include "adapters/notify/signature.h"

#include <fmt/format.h>

#include "net/base64.h"
#include "net/hmac.h"

namespace allclear::notify {
namespace {

std::string key_of(std::string_view secret) {
  constexpr std::string_view prefix = "whsec_";
  if (!secret.starts_with(prefix)) return std::string(secret);
  return net::from_base64(secret.substr(prefix.size())).value_or(std::string(secret));
}

}  // namespace

std::string unix_seconds(WallTime at) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

std::string sign(std::string_view secret, std::string_view id, WallTime at, std::string_view body) {
  const std::string signed_text = fmt::format("{}.{}.{}", id, unix_seconds(at), body);
  return "v1," + net::base64(net::hmac_sha256(key_of(secret), signed_text));
}

std::string sign_each(std::span<const std::string> secrets, std::string_view id, WallTime at, std::string_view body) {
  std::string signatures;
  for (const std::string& secret : secrets) {
    if (!signatures.empty()) signatures += ' ';
    signatures += sign(secret, id, at, body);
  }
  return signatures;
}

}  // namespace allclear::notify
