#include "adapters/config/smtp_address.h"

#include <algorithm>
#include <charconv>

#include "adapters/config/address.h"
#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    const char* digits = text.data() + at + 1;
    const bool escaped =
        text[at] == '%' && at + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    out += escaped ? static_cast<char>(byte) : text[at];
    if (escaped) at += 2;
  }
  return out;
}

}  // namespace

Result<SmtpAddress> parse_smtp_address(std::string_view text) {
  SmtpAddress address;
  constexpr std::string_view secure = "smtps://", plain = "smtp://";
  address.tls_from_start = text.starts_with(secure);
  if (!address.tls_from_start && !text.starts_with(plain)) return failure("expected smtp://… or smtps://…");
  text.remove_prefix(address.tls_from_start ? secure.size() : plain.size());
  const std::size_t at = text.rfind('@');
  std::string_view host = at == std::string_view::npos ? text : text.substr(at + 1);
  if (host.ends_with('/')) host.remove_suffix(1);
  const auto parts = parse_url(std::string(plain).append(host));
  if (!parts || parts->host.empty() || !parts->path.empty() || !parts->query.empty())
    return failure("expected a host after the last @, such as smtps://user:password@mail.example.com:465");
  address.host = parts->host;
  address.port = parts->port;
  if (at == std::string_view::npos) return address;
  const std::string_view login = text.substr(0, at);
  const std::size_t colon = login.find(':');
  address.user = percent_decoded(login.substr(0, colon));
  if (colon != std::string_view::npos) {
    address.raw_password = login.substr(colon + 1);
    address.password = percent_decoded(address.raw_password);
  }
  if (!is_header_value(address.user) || !is_header_value(address.password))
    return failure("expected a user and a password without control characters");
  return address;
}

bool is_mail_address(std::string_view text) {
  constexpr std::size_t longest = 254;
  constexpr std::string_view never = ",<>\"()[]:;\\@";
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || text.size() > longest) return false;
  const std::string_view local = text.substr(0, at);
  const bool fits = std::all_of(local.begin(), local.end(),
                                [&](char c) { return c > ' ' && c < 0x7F && never.find(c) == std::string_view::npos; });
  return fits && is_host(text.substr(at + 1));
}

bool is_loopback(std::string_view host) {
  const auto address = canonical_address(host);
  if (!address) return host == "localhost" || host.ends_with(".localhost");
  return *address == "::1" || address->starts_with("127.");
}

}  // namespace allclear::config
