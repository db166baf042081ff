// Passwords as they are kept: Argon2id (RFC 9106), encoded with its parameters and salt (S1). Slow and hungry on
// purpose: about 20 ms of a core and 19 MiB. Any thread.
#pragma once

#include <string>

#include "base/result.h"

namespace allclear::store {

Result<std::string> hash_password(const std::string& password);
// Error: it cannot be said, for want of memory.
Result<bool> is_password(const std::string& password, const std::string& hash);
// Takes as long as is_password() does with a hash that hash_password() made.
Result<void> judge_nothing(const std::string& password);

}  // namespace allclear::store
