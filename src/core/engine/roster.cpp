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

Roster::Roster(const Catalogue& catalogue) {
  std::size_t slots = 0;
  for (const auto& service : catalogue.services) {
    for (const auto& check : service->checks) slots += check->locations->ids.size();
  }
  rows_.reserve(catalogue.services.size());
  slots_.reserve(slots);
  keys_.reserve(slots);
  for (const auto& service : catalogue.services) add_service(service);
  states_.resize(slots);
  index_keys();
}

void Roster::add_service(const std::shared_ptr<const Service>& service) {
  Row row;
  row.service = service;
  row.state.service = service->id;
  row.first_slot = static_cast<SlotIndex>(keys_.size());
  for (std::uint32_t check = 0; check < service->checks.size(); ++check) {
    for (const LocationId& location : service->checks[check]->locations->ids) {
      slots_.push_back({static_cast<std::uint32_t>(rows_.size()), check});
      keys_.push_back({service->id, service->checks[check]->id, location});
    }
  }
  row.slot_count = static_cast<std::uint32_t>(keys_.size()) - row.first_slot;
  rows_.push_back(std::move(row));
}

void Roster::index_keys() {
  buckets_.assign(std::bit_ceil(std::max<std::size_t>(keys_.size() * 2, 2)), empty_bucket);
  for (SlotIndex slot = 0; slot < keys_.size(); ++slot) {
    std::size_t bucket = bucket_of(keys_[slot], buckets_.size());
    while (buckets_[bucket] != empty_bucket) bucket = (bucket + 1) & (buckets_.size() - 1);
    buckets_[bucket] = slot;
  }
}

const std::shared_ptr<const Check>& Roster::check(SlotIndex slot) const {
  return rows_[slots_[slot].row].service->checks[slots_[slot].check];
}

std::optional<SlotIndex> Roster::find(const CheckKey& key) const {
  if (buckets_.empty()) return std::nullopt;
  std::size_t bucket = bucket_of(key, buckets_.size());
  while (buckets_[bucket] != empty_bucket) {
    if (keys_[buckets_[bucket]] == key) return buckets_[bucket];
    bucket = (bucket + 1) & (buckets_.size() - 1);
  }
  return std::nullopt;
}

std::optional<std::size_t> Roster::find_row(const ServiceId& service) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.service->id == service; });
  if (found == rows_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rows_.begin());
}

ServiceView Roster::view(std::size_t index, std::optional<SlotIndex> stepped) const {
  const Row& row = rows_[index];
  ServiceView view;
  view.service = row.service.get();
  view.state = row.state;
  view.checks.reserve(row.slot_count);
  for (SlotIndex slot = row.first_slot; slot < row.first_slot + row.slot_count; ++slot) {
    view.checks.push_back({check(slot).get(), keys_[slot].location, &states_[slot]});
  }
  if (stepped) view.stepped = *stepped - row.first_slot;
  if (row.open_incident) view.open_incident = *row.open_incident;
  if (row.last_resolved) view.last_resolved = *row.last_resolved;
  return view;
}

void Roster::apply(std::size_t index, const Decision& decision) {
  Row& row = rows_[index];
  if (decision.service_state) row.state = *decision.service_state;
  if (!decision.incident) return;
  auto incident = std::make_shared<const Incident>(*decision.incident);
  if (incident->open()) {
    row.open_incident = std::move(incident);
  } else {
    row.last_resolved = std::move(incident);
    row.open_incident.reset();
  }
}

void Roster::restore(const StoredState& stored) {
  for (const StoredCheck& check : stored.checks) {
    const auto slot = find(check.key);
    if (!slot) continue;
    states_[*slot] = check.state;
    if (check.archived) restart_check(*slot);  // what it was when it left says nothing about now
  }
  std::unordered_map<std::string_view, Row*> by_id;
  for (Row& row : rows_) by_id.emplace(row.service->id.value(), &row);
  const auto row_for = [&](const ServiceId& service) -> Row* {
    const auto found = by_id.find(service.value());
    return found == by_id.end() ? nullptr : found->second;
  };
  for (const ServiceState& state : stored.services) {
    if (Row* row = row_for(state.service)) row->state = state;
  }
  for (const Incident& incident : stored.open_incidents) {
    Row* row = row_for(incident.service);
    if (row != nullptr && is_automatic_incident(incident))
      row->open_incident = std::make_shared<const Incident>(incident);
  }
  for (const Incident& incident : stored.recent_incidents) {
    Row* row = row_for(incident.service);
    if (row == nullptr || incident.open() || !is_automatic_incident(incident)) continue;
    const bool later = !row->last_resolved || *row->last_resolved->resolved_at < *incident.resolved_at;
    if (later) row->last_resolved = std::make_shared<const Incident>(incident);
  }
}

void Roster::forget(std::size_t index) {
  Row& row = rows_[index];
  row.state = {};
  row.state.service = row.service->id;
  row.open_incident.reset();
  row.last_resolved.reset();
  for (SlotIndex slot = row.first_slot; slot < row.first_slot + row.slot_count; ++slot) states_[slot] = {};
}

void Roster::restart_check(SlotIndex slot) {
  const CheckState before = states_[slot];
  CheckState& state = states_[slot];
  state = {};
  state.last_at = before.last_at;
  state.last_verdict = before.last_verdict;
  state.last_reason = before.last_reason;
  state.last_latency = before.last_latency;
  state.last_phases = before.last_phases;
  state.last_status_code = before.last_status_code;
  state.certificate_expiry = before.certificate_expiry;
  state.version = before.version;
}

void Roster::restart_checks(std::size_t index) {
  const Row& row = rows_[index];
  for (SlotIndex slot = row.first_slot; slot < row.first_slot + row.slot_count; ++slot) restart_check(slot);
}

}  // namespace allclear
