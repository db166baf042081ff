// HMAC-SHA-256 (RFC 2104) over OpenSSL. Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear::net {

// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace allclear::net
