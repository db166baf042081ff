#include "net/chain_cache.h"

#include <cstring>

namespace allclear::net {
namespace {

// Short enough that a distrusted root or a changed store is noticed soon.
constexpr std::chrono::minutes lifetime{10};
constexpr std::size_t most_entries = 20'000;

}  // namespace

std::size_t ChainCache::KeyHash::operator()(const Key& key) const {
  std::size_t hash = 0;  // the key is a digest: any bytes of it do
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

const ChainCache::Entry* ChainCache::find(const Key& key, WallTime now, MonotonicTime at) const {
  const auto found = entries_.find(key);
  if (found == entries_.end() || at >= found->second.forgotten_at) return nullptr;
  const Entry& entry = found->second.entry;
  return now > entry.valid_from && now < entry.valid_until ? &entry : nullptr;
}

void ChainCache::put(const Key& key, Entry entry, MonotonicTime at) {
  if (entries_.size() >= most_entries) entries_.clear();
  entries_.insert_or_assign(key, Aged{std::move(entry), at + lifetime});
}

}  // namespace allclear::net
