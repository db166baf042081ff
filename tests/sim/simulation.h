// Simulation: the production engine and rules on a virtual clock, one thread, everything from one seed. It plays the
// runtime: starts probes, stores commits in groups, sends alerts, and breaks what can break.
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
#include "tests/sim/channels.h"
#include "tests/sim/delivery_auditor.h"
#include "tests/sim/mutations.h"
#include "tests/sim/postman.h"
#include "tests/sim/random.h"
#include "tests/sim/watchers.h"
#include "tests/sim/world.h"

namespace allclear::sim {

struct Options {
  milliseconds length = std::chrono::minutes(35);  // of virtual time; at least that
  Mutation mutation = Mutation::none;
  std::function<void(const std::string&)> tell;  // each line of the trace; may be empty
};

struct Report {
  std::vector<std::string> violations;
  std::uint64_t trace = 0;             // a hash over everything that happened
  std::deque<std::string> last_lines;  // of the trace
  milliseconds length{0};
  std::size_t crashes = 0;
  AuditCounts audit;
  DeliveryCounts deliveries;
  std::size_t alerts = 0;
  std::size_t probes = 0;
  std::size_t results = 0;
  std::size_t conflicts = 0;
  std::size_t faults = 0;
  std::size_t pings = 0;
  std::size_t missed = 0;  // jobs
  std::size_t acknowledged = 0;
  std::size_t uplink_outages = 0;  // in which the anchors were known
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed, const Options& options = {});
  Report run();

 private:
  using Action = std::function<void()>;
  struct Appointment {
    Action action;
    std::uint64_t life = 0;  // of the process that made it; 0: the world's own, which outlives crashes
  };
  // What a person or a job asked for and was not answered yet.
  struct Asked {
    ServiceId service;
    std::optional<IncidentId> acknowledges;
    std::uint32_t reopened = 0;  // times, by then
  };

  // simulation.cpp: the clock and the process
  void run_until(milliseconds since_start);
  void at(milliseconds delay, Action action);
  void at_for_world(milliseconds delay, Action action);
  void start_process();
  void adopt(const Catalogue& catalogue);
  void crash();
  void send(const Event& event);
  void note(std::string line);
  bool breaks(std::int64_t one_in) { return chaos_ && random_.one_in(one_in); }
  WallTime wall_now() const { return wall_offset_ + std::chrono::floor<milliseconds>(now_.time_since_epoch()); }
  milliseconds since_start() const { return std::chrono::floor<milliseconds>(now_.time_since_epoch()); }

  // settling.cpp: what must hold after a start, and when nothing breaks any more
  void expect_as_stored(const StoredState& stored);
  void calm_down();
  void expect_noticed(const std::set<ServiceId>& down);
  void expect_settled(const std::set<ServiceId>& down);
  void expect_verdict(const ServiceSnapshot& live, Verdict expected);
  bool group_waits();
  void expect_no_group();

  // simulated_runtime.cpp: commands carried out
  void carry_out(const StartProbe& probe);
  void carry_out(const Commit& commit);
  void carry_out(const WakeAt& wake);
  void carry_out(const allclear::Reply& reply);
  void carry_out(const GatherEvidence& errand);
  void deliver(const Observed& observed);
  void watch(const Decision& decision);
  void write();
  void report_failure(std::uint64_t seq, const CommitError& error);
  bool store_works() const { return !chaos_ || now_ >= store_broken_until_; }

  // chaos.cpp: what breaks
  void plan_chaos();
  void break_something();
  void jump_clock();
  void suspend();
  void reload(bool everything);
  void rival_writes();
  void lose_uplink(const Span& outage);
  std::set<ServiceId> well_now(const Span& span) const;

  // people.cpp: jobs that ping, operators, the post
  void plan_job(const ServiceId& job);
  void run_job(const ServiceId& job);
  void ping(const ServiceId& job, PingKind kind, const std::string& run);
  void plan_operator();
  void acknowledge_something();
  void replay_something();
  void open_post(DriverNumber driver);
  void poll_post(DriverNumber driver);
  void look_after_all();
  void look_after_job(const ServiceId& job);
  void look_after_incidents();
  std::optional<milliseconds> way_was_open_since(const Alert& alert) const;
  void tell_all_again();
  void drop_owed();

  const Options options_;
  const Scale scale_;
  Random random_;
  World world_;
  Channels channels_;
  Findings findings_;
  Mutant mutant_;
  store::MemoryStore store_;
  SpoiledOutbox outbox_;
  Auditor auditor_;
  DeliveryAuditor deliveries_;
  ProgressWatcher progress_;
  JobWatcher jobs_;
  StormWatcher storms_;
  EscalationWatcher escalations_;
  std::unique_ptr<Engine> engine_;
  std::map<DriverNumber, std::unique_ptr<Postman>> postmen_;
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
  std::size_t in_flight_limit_ = 0;
  std::set<CheckKey> lost_;  // probes that never come back and keep their place
  std::set<ServiceId> missing_;
  std::set<ServiceId> off_;
  std::map<std::uint64_t, Asked> asked_;  // by ticket
  std::uint64_t last_ticket_ = 0;
  milliseconds way_open_since_{0};               // process, store and clock gave the post no trouble
  Report report_;
};

}  // namespace allclear::sim
