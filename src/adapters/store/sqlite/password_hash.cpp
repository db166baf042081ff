#include "adapters/store/sqlite/password_hash.h"

#include <array>
#include <cstdint>

#include <argon2.h>

#include "net/random.h"

namespace allclear::store {
namespace {

// What OWASP's Password Storage Cheat Sheet asks for at least.
constexpr std::uint32_t passes = 2;
constexpr std::uint32_t memory_kib = 19 * 1024;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t longest_encoded = 128;

}  // namespace

Result<std::string> hash_password(const std::string& password) {
  auto salt = net::random_bytes(salt_bytes);
  if (!salt) return salt;
  std::array<char, longest_encoded> encoded{};
  const int outcome = argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(), salt->data(),
                                            salt->size(), hash_bytes, encoded.data(), encoded.size());
  if (outcome != ARGON2_OK)
    return failure(std::string("the password cannot be hashed: ") + argon2_error_message(outcome));
  return std::string(encoded.data());
}

Result<bool> is_password(const std::string& password, const std::string& hash) {
  const int outcome = argon2id_verify(hash.c_str(), password.data(), password.size());
  if (outcome == ARGON2_OK) return true;
  if (outcome == ARGON2_VERIFY_MISMATCH) return false;
  return failure(std::string("the password cannot be judged: ") + argon2_error_message(outcome));
}

Result<void> judge_nothing(const std::string& password) {
  const auto hash = hash_password(password);
  return hash ? Result<void>() : tl::make_unexpected(hash.error());
}

}  // namespace allclear::store
