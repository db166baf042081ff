// Schedule: when each check is due, as a heap of plain structs (no thread, no clock, no allocation per firing).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"

namespace allclear {

using SlotIndex = std::uint32_t;  // a check from a location, as the engine numbers them

// phase = hash(check id) mod interval: where on the wall clock's grid its slots lie, so that a restart keeps them.
milliseconds phase_of(std::uint64_t identity_hash, milliseconds interval);
// What is hashed for the phase of a check from a location.
std::uint64_t identity_of(const CheckKey& key);
// The first slot (phase + k x interval, Unix time) after `now`, as a delay from `now`.
milliseconds delay_to_next_slot(milliseconds phase, milliseconds interval, WallTime now);
// Is there a slot in (last_start, now]? A last start in the future counts as never.
bool due_since(milliseconds phase, milliseconds interval, std::optional<WallTime> last_start, WallTime now);

class Schedule {
 public:
  // Room for this many slots.
  void reserve(std::size_t slots) { entries_.reserve(slots), heap_.reserve(slots); }
  // (Re)places the slot's regular grid: next firing at `first`, then every `interval` without drift.
  void put(SlotIndex slot, MonotonicTime first, milliseconds interval);
  void remove(SlotIndex slot);
  // One extra firing at `at`, when that is sooner than the next one; the grid is unchanged. Needs no grid.
  void expedite(SlotIndex slot, MonotonicTime at);

  struct Firing {
    SlotIndex slot = 0;
    MonotonicTime due;          // when it should have started
    std::uint32_t skipped = 0;  // whole intervals that went by since (suspend, overload)
    bool extra = false;         // expedited: not of the grid
  };
  // All firings due at `now`, in order of their time; each slot at most once.
  void take_due(MonotonicTime now, std::vector<Firing>& firings);
  // MonotonicTime::max() when empty.
  MonotonicTime next() const;
  std::size_t size() const { return heap_.size(); }

  // A slot's whole plan, so that it can move to another number.
  struct Plan {
    MonotonicTime regular = MonotonicTime::max();
    MonotonicTime extra = MonotonicTime::max();
    milliseconds interval{0};
  };
  Plan plan(SlotIndex slot) const;
  void restore(SlotIndex slot, const Plan& plan);

 private:
  static constexpr std::uint32_t absent = 0xffff'ffff;
  struct Entry {
    Plan plan;
    std::uint32_t position = absent;  // in heap_
  };

  Entry& entry(SlotIndex slot);
  MonotonicTime time_of(SlotIndex slot) const;
  void replace(SlotIndex slot);  // after its plan changed: to its right place, or out of the heap
  void rise(std::uint32_t position);
  void sink(std::uint32_t position);
  void place(std::uint32_t position, SlotIndex slot);
  Firing fire(SlotIndex slot, MonotonicTime now);

  std::vector<Entry> entries_;   // by slot
  std::vector<SlotIndex> heap_;  // the earliest at the front
};

}  // namespace allclear
