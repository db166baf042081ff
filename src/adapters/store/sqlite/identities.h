// Identities: the numbers under which services and checks are stored, and what the store must know of a service.
// One thread. Numbers made in a transaction count only after keep().
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "adapters/store/sqlite/connection.h"
#include "core/model/ids.h"
#include "core/model/service.h"

namespace allclear::store {

using ServiceNumber = std::int64_t;
using CheckNumber = std::int64_t;

struct KnownService {
  ServiceNumber number = 0;
  milliseconds patience{0};
  bool archived = false;
};

struct KnownCheck {
  CheckNumber number = 0;
  ServiceNumber service = 0;
};

class Identities {
 public:
  explicit Identities(Connection& connection) : connection_(connection) {}

  // There may be 100,000 of each: no node of its own for an entry.
  template <class Key, class Value>
  using Map = boost::unordered_flat_map<Key, Value, std::hash<Key>>;

  // (Re)reads everything from the tables.
  void load();
  // After store_catalogue is durable: the same as load(), and ids are those of the catalogue, so that texts are shared.
  void adopt(const Catalogue& catalogue);
  // Finds the number or makes one, inside the transaction that is open.
  ServiceNumber service(const ServiceId& id);
  KnownCheck check(const CheckKey& key);
  // After the transaction: what it made is there, or is not.
  void keep() { made_services_ = {}, made_checks_ = {}; }
  void forget();

  const Map<ServiceId, KnownService>& services() const { return services_; }
  const Map<CheckKey, KnownCheck>& checks() const { return checks_; }

 private:
  Connection& connection_;
  template <class Key, class Value>
  static void share(Map<Key, Value>& map, const Key& key);

  Map<ServiceId, KnownService> services_;
  Map<CheckKey, KnownCheck> checks_;
  std::vector<ServiceId> made_services_;
  std::vector<CheckKey> made_checks_;
};

// Archives what the catalogue does not name (history is kept) and revives what it names again; the timelines of
// services end and go on accordingly. Inside the caller's transaction; adopt() after it, or forget()
// when it did not become durable.
void store_catalogue(Connection& connection, Identities& identities, const Catalogue& catalogue, WallTime now);

}  // namespace allclear::store
