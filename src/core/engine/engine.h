// Engine: takes events, returns commands; owns all live state. Sans-I/O: no clock, no threads, `now` is an argument.
// One thread. It must not know where results come from or where decisions go.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/engine/command.h"
#include "core/engine/event.h"
#include "core/engine/schedule.h"

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

// A service as it stands, for snapshots.
struct LiveService {
  std::shared_ptr<const Service> service;
  ServiceState state;
  std::shared_ptr<const Incident> open_incident;  // null: none
  std::span<const CheckKey> keys;
  std::span<const CheckState> states;  // same order as keys
};

class Engine {
 public:
  explicit Engine(EngineLimits limits);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Appends to `commands`; never throws. The first event must be Started.
  void on(const Event& event, const Instant& now, Commands& commands);

  // Services of the catalogue, in its order. Spans are valid until the next call of on().
  std::size_t service_count() const;
  LiveService service(std::size_t index) const;
  // Indices whose live view may have changed since the last call.
  std::vector<std::size_t> take_changed();
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
