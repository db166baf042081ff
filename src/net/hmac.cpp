#include "net/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace allclear::net {

std::string hmac_sha256(std::string_view key, std::string_view message) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace allclear::net
