// The text of tokens: making one, and the digest that is kept of it (S1). Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace allclear::store {

// Of `bytes` random bytes from the kernel, in lower-case base32 (RFC 4648, section 6, without padding).
Result<std::string> random_text(std::size_t bytes);

// "acl_" and 160 random bits.
Result<std::string> make_token_text();

// 32 bytes of SHA-256. The text is random enough that a plain digest cannot be guessed back.
std::string token_digest(std::string_view text);

}  // namespace allclear::store
