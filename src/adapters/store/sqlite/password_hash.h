// Passwords as they are kept: Argon2id (RFC 9106), encoded with its parameters and salt (S1). Slow and hungry on
// purpose: about 20 ms of a core and 19 MiB. Any thread.
#pragma once

#include <string>

#include "base/result.h"

namespace allclear::store {

Result<std::string> hash_password(const std::string& password);
// False also when the memory for it is not there.
bool is_password(const std::string& password, const std::string& hash);
// Takes as long as is_password() does with a hash that hash_password() made.
void judge_nothing(const std::string& password);

}  // namespace allclear::store
