// Roster: all services with their checks as they stand, found by key without a walk. One thread; what snapshots show is
// in services(), and shared with them until it changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/schedule.h"
#include "core/model/check_state.h"
#include "core/model/service.h"
#include "core/model/snapshot.h"
#include "core/model/stored.h"
#include "core/rules/conclude.h"

namespace allclear {

class Roster {
 public:
  struct Row {
    std::shared_ptr<const Incident> last_resolved;  // null: none that a reopen window may reach
    SlotIndex first_slot = 0;
    std::uint32_t slot_count : 31 = 0;
    bool maintenance : 1 = false;  // a window is under way

    SlotIndex end_slot() const { return first_slot + slot_count; }
  };

  Roster() = default;
  // Everything fresh: unknown, no data.
  explicit Roster(const Catalogue& catalogue);

  std::size_t row_count() const { return rows_.size(); }
  std::size_t slot_count() const { return slots_.size(); }
  const ServiceList& services() const { return services_; }
  const ServiceSnapshot& service(std::size_t row) const { return services_[row]; }
  ServiceSnapshot& edit(std::size_t row) { return services_.edit(row); }
  Row& row(std::size_t index) { return rows_[index]; }
  const Row& row(std::size_t index) const { return rows_[index]; }
  std::uint32_t row_of(SlotIndex slot) const { return slots_[slot].row; }
  const CheckKey& key(SlotIndex slot) const { return standing(slot).key; }
  CheckState state(SlotIndex slot) const { return {standing(slot).state, progress_[slot]}; }
  void put_state(SlotIndex slot, const CheckState& state);
  const std::shared_ptr<const Check>& check(SlotIndex slot) const;

  std::optional<SlotIndex> find(const CheckKey& key) const;
  // Walks; for what is rare.
  std::optional<std::size_t> find_row(const ServiceId& service) const;

  // All channels' policies.
  const ChannelPolicies& channels() const { return channels_; }
  // The service for the rules; `stepped`: the slot whose step this is.
  ServiceView view(std::size_t row, std::optional<SlotIndex> stepped) const;
  // A decision about the row's service holds from now on.
  void apply(std::size_t row, const Decision& decision);
  // What a store kept about services and checks that are here; the rest of it is left alone.
  void restore(const StoredState& stored);
  // All that is known about the row's service is forgotten (stored versions too).
  void forget(std::size_t row);
  // Starts afresh, but for the version and the time of the last result: the check was away.
  void restart_check(SlotIndex slot);
  // All of a service: it was paused.
  void restart_checks(std::size_t row);

 private:
  struct Slot {
    std::uint32_t row = 0;
    std::uint32_t check = 0;  // index within the service
  };

  const CheckSnapshot& standing(SlotIndex slot) const {
    const std::uint32_t row = slots_[slot].row;
    return services_[row].checks[slot - rows_[row].first_slot];
  }
  void add_service(const std::shared_ptr<const Service>& service);
  void index_keys();

  ServiceList services_;
  ChannelPolicies channels_;
  std::vector<Row> rows_;  // what snapshots do not show, by service
  std::vector<Slot> slots_;
  std::vector<CheckProgress> progress_;  // by slot
  std::vector<SlotIndex> buckets_;       // open addressing over keys, a power of two, at most half full
};

}  // namespace allclear
