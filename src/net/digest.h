// SHA-256 (FIPS 180-4) over OpenSSL, and how digests are written and compared. Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear::net {

// 32 bytes.
std::string sha256(std::string_view message);
// In lower case.
std::string hex_digits(std::string_view bytes);
// In a time that tells nothing of where two secrets of one length differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace allclear::net
