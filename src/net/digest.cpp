#include "net/digest.h"

#include <openssl/sha.h>

namespace allclear::net {

std::string sha256(std::string_view message) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(message.data()), message.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace allclear::net
