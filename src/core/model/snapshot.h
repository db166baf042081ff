// Snapshot: the committed present, immutable, shared by pointer; pages, /status and /metrics read it without a lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/shared.h"
#include "base/time.h"
#include "core/model/check_state.h"
#include "core/model/service.h"

namespace allclear {

struct CheckSnapshot {
  CheckKey key;
  CheckStanding state;
};

struct ServiceSnapshot {
  std::shared_ptr<const Service> service;
  ServiceState state;
  std::shared_ptr<const Incident> open_incident;  // null: none
  std::vector<CheckSnapshot> checks;              // a check's locations side by side
};

// Services as they stand, in the catalogue's order. The engine edits its own list; the copies in snapshots share with it
// all that was not edited since, a block of services at a time.
class ServiceList {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ServiceSnapshot;
    using difference_type = std::ptrdiff_t;
    using pointer = const ServiceSnapshot*;
    using reference = const ServiceSnapshot&;

    Iterator() = default;
    Iterator(const ServiceList& list, std::size_t index) : list_(&list), index_(index) {}
    reference operator*() const { return (*list_)[index_]; }
    pointer operator->() const { return &(*list_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    Iterator operator++(int) { return {*list_, index_++}; }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const ServiceList* list_ = nullptr;
    std::size_t index_ = 0;
  };

  std::size_t size() const { return blocks_.empty() ? 0 : (blocks_.size() - 1) * per_block + blocks_.back()->size(); }
  const ServiceSnapshot& operator[](std::size_t index) const {
    return (*blocks_[index / per_block])[index % per_block];
  }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

  void push_back(ServiceSnapshot service);
  // References into other blocks stay valid.
  ServiceSnapshot& edit(std::size_t index) { return blocks_[index / per_block].edit()[index % per_block]; }

  // Whether looks_equal(left, right) holds for each pair; what both share is not looked at.
  template <class Equal>
  static bool equal(const ServiceList& left, const ServiceList& right, const Equal& looks_equal) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0, size = left.size(); i < size; ++i) {
      if (left.blocks_[i / per_block].same(right.blocks_[i / per_block])) {
        i |= per_block - 1;
      } else if (!looks_equal(left[i], right[i])) {
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr std::size_t per_block = 16;  // a power of two

  std::vector<CopyOnWrite<std::vector<ServiceSnapshot>>> blocks_;
};

enum class StoreRecovery : std::uint8_t { none, restored_backup, started_empty };

// What opening the store had to do about what it found broken.
struct StoreOpening {
  StoreRecovery recovery = StoreRecovery::none;
  std::string cause;  // empty: nothing was broken
};

// What the monitor knows about itself. Counters since the start of the process.
struct MonitorFacts {
  WallTime started_at{};
  bool scheduler_progress = false;  // the engine loop turned in the last 5 s
  bool store_progress = false;      // no commit waits longer than 10 s
  StoreOpening store_opening;
  bool log_replayed = true;  // a store replays before it opens: docs/decisions/0004
  std::string config_error;  // of the last reload; empty: fine
  std::string config_version;
  WallTime config_loaded_at{};
  std::uint64_t probes_started = 0;
  std::uint64_t results = 0;
  std::uint64_t skipped_overlap = 0;
  std::uint64_t skipped_suspend = 0;
  std::uint64_t deferred_limit = 0;
  std::uint64_t commits = 0;
  std::uint64_t commit_faults = 0;
  std::uint64_t commit_conflicts = 0;
  std::size_t in_flight = 0;
  std::size_t uncommitted = 0;
  // Lateness of starts against their slot, over the last minute.
  microseconds lateness_p50{0};
  microseconds lateness_p99{0};
  microseconds lateness_max{0};
};

struct Snapshot {
  WallTime at{};
  std::uint64_t version = 0;  // rises with every publication
  ServiceList services;
  std::vector<std::shared_ptr<const Maintenance>> maintenances;
  std::vector<std::shared_ptr<const Incident>> by_hand;  // open ones that people opened, newest last
  MonitorFacts monitor;
};

}  // namespace allclear
