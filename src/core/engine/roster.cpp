#include "core/engine/roster.h"

#include <algorithm>
#include <bit>
#include <string_view>
#include <unordered_map>

#include "core/rules/incident_lifecycle.h"

namespace allclear {
namespace {

constexpr SlotIndex empty_bucket = 0xffff'ffff;

// std::hash of short strings varies little in its low bits after the combination: spread them.
std::size_t bucket_of(const CheckKey& key, std::size_t buckets) {
  const std::uint64_t hash = std::hash<CheckKey>{}(key)*0x9e37'79b9'7f4a'7c15ULL;
  return static_cast<std::size_t>(hash >> 32) & (buckets - 1);
}

}  // namespace

Roster::Roster(const Catalogue& catalogue) : channels_(catalogue.channels) {
  std::size_t slots = 0;
  for (const auto& service : catalogue.services) {
    for (const auto& check : service->checks) slots += check->locations->ids.size();
  }
  rows_.reserve(catalogue.services.size());
  slots_.reserve(slots);
  for (const auto& service : catalogue.services) add_service(service);
  progress_.resize(slots);
  index_keys();
}

void Roster::add_service(const std::shared_ptr<const Service>& service) {
  ServiceSnapshot standing;
  standing.service = service;
  standing.state.service = service->id;
  standing.checks.reserve(service->checks.size());
  Row row;
  row.first_slot = static_cast<SlotIndex>(slots_.size());
  for (std::uint32_t check = 0; check < service->checks.size(); ++check) {
    for (const LocationId& location : service->checks[check]->locations->ids) {
      slots_.push_back({static_cast<std::uint32_t>(rows_.size()), check});
      standing.checks.push_back({{service->id, service->checks[check]->id, location}, {}});
    }
  }
  row.slot_count = (static_cast<std::uint32_t>(slots_.size()) - row.first_slot) & 0x7fff'ffffU;
  rows_.push_back(std::move(row));
  services_.push_back(std::move(standing));
}

void Roster::index_keys() {
  buckets_.assign(std::bit_ceil(std::max<std::size_t>(slots_.size() * 2, 2)), empty_bucket);
  for (SlotIndex slot = 0; slot < slots_.size(); ++slot) {
    std::size_t bucket = bucket_of(key(slot), buckets_.size());
    while (buckets_[bucket] != empty_bucket) bucket = (bucket + 1) & (buckets_.size() - 1);
    buckets_[bucket] = slot;
  }
}

const std::shared_ptr<const Check>& Roster::check(SlotIndex slot) const {
  return services_[slots_[slot].row].service->checks[slots_[slot].check];
}

void Roster::put_state(SlotIndex slot, const CheckState& state) {
  const std::uint32_t row = slots_[slot].row;
  services_.edit(row).checks[slot - rows_[row].first_slot].state = state;
  progress_[slot] = state;
}

std::optional<SlotIndex> Roster::find(const CheckKey& key) const {
  if (buckets_.empty()) return std::nullopt;
  std::size_t bucket = bucket_of(key, buckets_.size());
  while (buckets_[bucket] != empty_bucket) {
    if (this->key(buckets_[bucket]) == key) return buckets_[bucket];
    bucket = (bucket + 1) & (buckets_.size() - 1);
  }
  return std::nullopt;
}

std::optional<std::size_t> Roster::find_row(const ServiceId& service) const {
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (services_[row].service->id == service) return row;
  }
  return std::nullopt;
}

ServiceView Roster::view(std::size_t index, std::optional<SlotIndex> stepped) const {
  const Row& row = rows_[index];
  const ServiceSnapshot& standing = services_[index];
  ServiceView view;
  view.service = standing.service.get();
  view.channels = &channels_;
  view.state = standing.state;
  view.checks.reserve(row.slot_count);
  for (std::uint32_t i = 0; i < row.slot_count; ++i) {
    const CheckSnapshot& one = standing.checks[i];
    view.checks.push_back({check(row.first_slot + i).get(), one.key.location, &one.state});
    view.rows_written += progress_[row.first_slot + i].version;
  }
  if (stepped) view.stepped = *stepped - row.first_slot;
  view.maintenance = row.maintenance;
  if (standing.open_incident) view.open_incident = *standing.open_incident;
  if (row.last_resolved) view.last_resolved = *row.last_resolved;
  return view;
}

void Roster::apply(std::size_t index, const Decision& decision) {
  if (decision.service_state) edit(index).state = *decision.service_state;
  if (!decision.incident) return;
  auto incident = std::make_shared<const Incident>(*decision.incident);
  if (incident->open()) {
    edit(index).open_incident = std::move(incident);
  } else {
    rows_[index].last_resolved = std::move(incident);
    edit(index).open_incident.reset();
  }
}

void Roster::restore(const StoredState& stored) {
  for (const StoredCheck& check : stored.checks) {
    const auto slot = find(check.key);
    if (!slot) continue;
    put_state(*slot, check.state);
    if (check.archived) restart_check(*slot);  // what it was when it left says nothing about now
  }
  std::unordered_map<std::string_view, std::size_t> by_id;
  for (std::size_t row = 0; row < rows_.size(); ++row) by_id.emplace(services_[row].service->id.value(), row);
  const auto row_for = [&](const ServiceId& service) -> std::optional<std::size_t> {
    const auto found = by_id.find(service.value());
    return found == by_id.end() ? std::nullopt : std::optional(found->second);
  };
  for (const ServiceState& state : stored.services) {
    if (const auto row = row_for(state.service)) edit(*row).state = state;
  }
  for (const Incident& incident : stored.open_incidents) {
    const auto row = row_for(incident.service);
    if (row && is_automatic_incident(incident)) edit(*row).open_incident = std::make_shared<const Incident>(incident);
  }
  for (const Incident& incident : stored.recent_incidents) {
    const auto row = row_for(incident.service);
    if (!row || incident.open() || !is_automatic_incident(incident)) continue;
    rows_[*row].last_resolved = std::make_shared<const Incident>(incident);  // the newest comes last
  }
}

void Roster::forget(std::size_t index) {
  ServiceSnapshot& standing = edit(index);
  standing.state = {};
  standing.state.service = standing.service->id;
  standing.open_incident.reset();
  rows_[index].last_resolved.reset();
  for (SlotIndex slot = rows_[index].first_slot; slot < rows_[index].end_slot(); ++slot) put_state(slot, {});
}

void Roster::restart_check(SlotIndex slot) {
  const CheckState before = state(slot);
  CheckState state;
  state.last_at = before.last_at;
  state.version = before.version;
  put_state(slot, state);
}

void Roster::restart_checks(std::size_t index) {
  for (SlotIndex slot = rows_[index].first_slot; slot < rows_[index].end_slot(); ++slot) restart_check(slot);
}

}  // namespace allclear
