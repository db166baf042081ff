// Snapshot: the committed present, immutable, shared by pointer; pages, /status and /metrics read it without a lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

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
  std::vector<CheckSnapshot> checks;
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
  bool log_replayed = true;         // a store replays before it opens: docs/decisions/0004
  std::string config_error;         // of the last reload; empty: fine
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
  std::vector<std::shared_ptr<const ServiceSnapshot>> services;  // in the catalogue's order
  MonitorFacts monitor;
};

}  // namespace allclear
