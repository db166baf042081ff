// SHA-256 (FIPS 180-4) over OpenSSL. Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear::net {

// 32 bytes.
std::string sha256(std::string_view message);

}  // namespace allclear::net
