// SmtpAddress: the address of a mail server as people write it, and who may get mail. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace allclear::config {

// smtp://user:password@host:port or smtps://…
struct SmtpAddress {
  bool tls_from_start = false;  // smtps
  std::string user;             // percent-decoded, as is the password
  std::string password;
  std::string host;  // without brackets
  std::optional<std::uint16_t> port;
  std::string raw_password;  // as written
};

// The last '@' ends user and password, so that a password may hold '@', ':' and '/'; a '%' before two hex digits is read
// as the byte they stand for. The error never repeats the text, which may hold a password.
Result<SmtpAddress> parse_smtp_address(std::string_view text);

// "a@example.com": ASCII, one '@', no display name, no quotes; whether it may follow "mailto:", too.
bool is_mail_address(std::string_view text);

// localhost, 127.0.0.0/8, ::1
bool is_loopback(std::string_view host);

}  // namespace allclear::config
