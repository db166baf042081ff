// Simulation: the production engine and rules on a virtual clock, one thread, everything from one seed. It plays the
// runtime: starts probes, stores commits in groups, and breaks what can break.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/store/memory/memory_store.h"
#include "core/engine/engine.h"
#include "tests/sim/auditor.h"
#include "tests/sim/random.h"
#include "tests/sim/world.h"

namespace allclear::sim {

struct Report {
  std::vector<std::string> violations;
  std::uint64_t trace = 0;             // a hash over everything that happened
  std::deque<std::string> last_lines;  // of the trace
  std::size_t crashes = 0;
  std::size_t incidents = 0;
  std::size_t alerts = 0;
  std::size_t maintenances = 0;  // services that went under maintenance
  std::size_t results = 0;
  std::size_t conflicts = 0;
  std::size_t faults = 0;
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);
  Report run();

 private:
  using Action = std::function<void()>;
  struct Appointment {
    Action action;
    std::uint64_t life = 0;  // of the process that made it; 0: the world's own, which outlives crashes
  };

  // simulation.cpp: the clock and the process
  void run_until(milliseconds since_start);
  void at(milliseconds delay, Action action);
  void at_for_world(milliseconds delay, Action action);
  void start_process();
  void crash();
  void send(const Event& event);
  void note(std::string line);
  void expect_as_stored(const StoredState& stored);
  void expect_settled(const ServiceId& down);
  bool breaks(std::int64_t one_in) { return chaos_ && random_.one_in(one_in); }
  WallTime wall_now() const { return wall_offset_ + std::chrono::floor<milliseconds>(now_.time_since_epoch()); }
  milliseconds since_start() const { return std::chrono::floor<milliseconds>(now_.time_since_epoch()); }

  // simulated_runtime.cpp: commands carried out
  void carry_out(const StartProbe& probe);
  void carry_out(const Commit& commit);
  void carry_out(const WakeAt& wake);
  void carry_out(const allclear::Reply&) {}
  void deliver(const Observed& observed);
  void write();
  void report_failure(std::uint64_t seq, const CommitError& error);

  // chaos.cpp: what breaks
  void plan_chaos();
  void break_something();
  void jump_clock();
  void suspend();
  void reload(bool everything);
  void rival_writes();

  Random random_;
  World world_;
  Auditor auditor_;
  store::MemoryStore store_;
  std::unique_ptr<Engine> engine_;
  std::uint64_t life_ = 0;
  bool chaos_ = true;
  MonotonicTime now_{};
  WallTime wall_offset_;
  std::multimap<MonotonicTime, Appointment> appointments_;
  std::optional<MonotonicTime> wake_;
  std::deque<Commit> unwritten_;
  bool refuses_until_resumed_ = false;  // after a failure: what comes before `resumes` is dropped
  bool write_planned_ = false;
  MonotonicTime store_broken_until_{};
  std::uint64_t suspends_ = 0;
  std::set<ServiceId> missing_;
  std::set<ServiceId> off_;
  Report report_;
};

}  // namespace allclear::sim
