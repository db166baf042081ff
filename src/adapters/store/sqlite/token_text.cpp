#include "adapters/store/sqlite/token_text.h"

#include <cstdint>

#include "net/digest.h"
#include "net/random.h"

namespace allclear::store {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t token_bytes = 20;

std::string base32(std::string_view bytes) {
  std::string text;
  std::uint32_t window = 0;
  unsigned held = 0;  // bits in the window that are not written yet
  for (const char byte : bytes) {
    window = window << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 5; held -= 5) text += alphabet[window >> (held - 5) & 31U];
  }
  if (held > 0) text += alphabet[window << (5 - held) & 31U];
  return text;
}

}  // namespace

Result<std::string> random_text(std::size_t bytes) {
  auto random = net::random_bytes(bytes);
  if (!random) return random;
  return base32(*random);
}

Result<std::string> make_token_text() {
  auto random = random_text(token_bytes);
  if (!random) return random;
  return "acl_" + *random;
}

std::string token_digest(std::string_view text) { return net::sha256(text); }

}  // namespace allclear::store
