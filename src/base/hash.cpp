#include "base/hash.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace allclear {

std::uint64_t stable_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::string stable_key(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined += fmt::format("{}:{}", part.size(), part);
  const XXH128_hash_t hash = XXH3_128bits(joined.data(), joined.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace allclear
