// Engine: takes events, returns commands; owns all live state. Sans-I/O: no clock, no threads, `now` is an argument.
// One thread. It must not know where results come from or where decisions go.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/command.h"
#include "core/engine/event.h"
#include "core/engine/schedule.h"
#include "core/model/snapshot.h"

namespace allclear {

struct EngineLimits {
  std::size_t in_flight = 2'000;       // probes at once
  std::size_t in_flight_per_host = 0;  // 0: no limit
};

struct EngineCounters {
  std::uint64_t started = 0;  // probes
  std::uint64_t results = 0;
  std::uint64_t skipped_overlap = 0;  // due while the same check was still running
  std::uint64_t skipped_suspend = 0;  // whole intervals lost to suspend or overload
  std::uint64_t deferred_limit = 0;   // had to wait for a free place
  std::uint64_t ignored = 0;          // results of checks that are gone, or older than the last
  std::uint64_t conflicts = 0;
  std::uint64_t commit_faults = 0;
  std::uint64_t dropped_results = 0;  // quiet results given up while the store refused for too long
};

class Engine {
 public:
  explicit Engine(EngineLimits limits);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Appends to `commands`; never throws. The first event must be Started.
  void on(const Event& event, const Instant& now, Commands& commands);

  // Services of the catalogue as they stand, in its order. A copy keeps the present, at the price of a pointer for each
  // block of services.
  const ServiceList& services() const;
  const std::vector<std::shared_ptr<const Maintenance>>& maintenances() const;  // of the catalogue
  std::vector<std::shared_ptr<const Incident>> incidents_by_hand() const;  // open ones
  // What is known and counted for a check; absent: not of the catalogue.
  std::optional<CheckState> state_of(const CheckKey& key) const;
  const EngineCounters& counters() const;
  std::size_t in_flight() const;
  std::size_t uncommitted() const;  // decisions not yet confirmed as durable
  // Single pass: nothing is in flight, scheduled or uncommitted any more.
  bool idle() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace allclear
