// ChainCache: chains that were verified lately, so that a check every few seconds does not repeat RSA and P-384
// signatures. Keyed on the whole presented chain + name + trust store. One per loop; used on that loop only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/time.h"
#include "net/peer_certificate.h"

namespace allclear::net {

class ChainCache {
 public:
  using Key = std::array<unsigned char, 32>;  // SHA-256 over everything that verification depends on but the time

  struct Entry {
    std::shared_ptr<const PeerCertificate> certificate;
    WallTime valid_from;  // of the whole verified chain, its root included
    WallTime valid_until;
  };

  // An entry whose chain is valid at `now`; null when unknown, too old or out of its validity.
  const Entry* find(const Key& key, WallTime now, MonotonicTime at) const;
  void put(const Key& key, Entry entry, MonotonicTime at);

 private:
  struct Aged {
    Entry entry;
    MonotonicTime forgotten_at;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  std::unordered_map<Key, Aged, KeyHash> entries_;
};

}  // namespace allclear::net
