#include "adapters/store/sqlite/identities.h"

#include <algorithm>
#include <unordered_map>

#include "adapters/store/codec/timeline.h"
#include "adapters/store/sqlite/service_column.h"
#include "adapters/store/sqlite/timeline_table.h"

namespace allclear::store {
namespace {

// Most checks are their service's only one and share its id's text; there may be 100,000.
CheckId check_id(std::string_view text, const ServiceId& of) {
  return text == of.value() ? CheckId(of.text()) : CheckId(text);
}

LocationId location_id(std::string_view text) {
  return text == local_location().value() ? local_location() : LocationId(text);
}

std::vector<CheckKey> keys_of(const Service& service) {
  std::vector<CheckKey> keys;
  for (const auto& check : service.checks) {
    for (const LocationId& location : check->locations->ids) keys.push_back({service.id, check->id, location});
  }
  return keys;
}

}  // namespace

void Identities::load() {
  services_.clear();
  checks_.clear();
  std::unordered_map<ServiceNumber, ServiceId> ids;
  auto services = connection_.rows("SELECT number, id, patience, archived_at FROM services");
  while (services.next()) {
    const ServiceId id(services.text(1));
    ids.emplace(services.integer(0), id);
    services_[id] = {services.integer(0), milliseconds(services.integer(2)), !services.is_null(3)};
  }
  auto checks = connection_.rows("SELECT number, service, id, location FROM checks");
  while (checks.next()) {
    const ServiceId& of = ids[checks.integer(1)];
    const CheckKey key{of, check_id(checks.text(2), of), location_id(checks.text(3))};
    checks_[key] = {checks.integer(0), checks.integer(1)};
  }
  keep();
}

template <class Key, class Value>
void Identities::share(Map<Key, Value>& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return;
  const Value value = found->second;
  map.erase(found);
  map.emplace(key, value);
}

void Identities::adopt(const Catalogue& catalogue) {
  keep();
  for (auto&& [id, service] : services_) service.archived = true;
  for (const auto& service : catalogue.services) {
    share(services_, service->id);
    KnownService& known = services_[service->id];
    known.archived = false;
    known.patience = patience_of(*service);
    for (const CheckKey& key : keys_of(*service)) share(checks_, key);
  }
}

ServiceNumber Identities::service(const ServiceId& id) {
  const auto known = services_.find(id);
  if (known != services_.end()) return known->second.number;
  const auto number = connection_.value("INSERT INTO services (id) VALUES (?) RETURNING number", id.value());
  if (!number) return 0;
  services_[id] = {*number, least_absence, false};
  made_services_.push_back(id);
  return *number;
}

KnownCheck Identities::check(const CheckKey& key) {
  const auto known = checks_.find(key);
  if (known != checks_.end()) return known->second;
  const ServiceNumber of = service(key.service);
  const auto number = connection_.value("INSERT INTO checks (service, id, location) VALUES (?, ?, ?) RETURNING number",
                                        of, key.check.value(), key.location.value());
  if (!number) return {};
  made_checks_.push_back(key);
  return checks_[key] = {*number, of};
}

void Identities::forget() {
  for (const ServiceId& id : made_services_) services_.erase(id);
  for (const CheckKey& key : made_checks_) checks_.erase(key);
  keep();
}

namespace {

void revive(Connection& connection, ServiceNumber number, WallTime now) {
  connection.run("UPDATE services SET archived_at = NULL WHERE number = ?", number);
  const auto verdict = connection.value("SELECT verdict FROM services WHERE number = ?", number);
  ServiceState state;
  if (verdict && read_column(*verdict, state))
    enter_stored_state(connection, number, now, to_shown(state.verdict, state.maintenance));
}

void archive(Connection& connection, ServiceNumber number, WallTime now) {
  connection.run("UPDATE services SET archived_at = ? WHERE number = ?", now, number);
  connection.run("UPDATE checks SET archived_at = ? WHERE service = ? AND archived_at IS NULL", now, number);
  enter_stored_state(connection, number, now, ShownState::unknown);
}

template <class T>
bool contains(const std::vector<T>& sorted, const T& one) {
  return std::binary_search(sorted.begin(), sorted.end(), one);
}

}  // namespace

void store_catalogue(Connection& connection, Identities& identities, const Catalogue& catalogue, WallTime now) {
  std::vector<ServiceId> named;
  std::vector<CheckKey> named_checks;
  named.reserve(catalogue.services.size());
  named_checks.reserve(catalogue.services.size());
  for (const auto& service : catalogue.services) {
    named.push_back(service->id);
    for (CheckKey& key : keys_of(*service)) named_checks.push_back(std::move(key));
    const ServiceNumber number = identities.service(service->id);
    if (!connection.ok()) return;  // then the service may not be known
    connection.run("UPDATE services SET patience = ?1 WHERE number = ?2 AND patience <> ?1", patience_of(*service),
                   number);
    if (identities.services().at(service->id).archived) revive(connection, number, now);
  }
  std::sort(named.begin(), named.end());
  std::sort(named_checks.begin(), named_checks.end());
  for (const CheckKey& key : named_checks) {
    connection.run("UPDATE checks SET archived_at = NULL WHERE number = ? AND archived_at IS NOT NULL",
                   identities.check(key).number);
  }
  for (const auto& [key, check] : identities.checks()) {
    if (contains(named_checks, key)) continue;
    connection.run("UPDATE checks SET archived_at = ? WHERE number = ? AND archived_at IS NULL", now, check.number);
  }
  for (const auto& [id, service] : identities.services()) {
    if (!contains(named, id) && !service.archived) archive(connection, service.number, now);
  }
}

}  // namespace allclear::store
