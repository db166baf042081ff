// What an Engine holds, and its handlers by subject: catalogue, probing, commits. Included by engine*.cpp only.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/engine/calendar.h"
#include "core/engine/commit_queue.h"
#include "core/engine/dependency_map.h"
#include "core/engine/engine.h"
#include "core/engine/flights.h"
#include "core/engine/follow_ups.h"
#include "core/engine/groups.h"
#include "core/engine/host_index.h"
#include "core/engine/incidents_by_hand.h"
#include "core/engine/investigations.h"
#include "core/engine/lookout.h"
#include "core/engine/refusals.h"
#include "core/engine/repeats.h"
#include "core/engine/replies.h"
#include "core/engine/roster.h"
#include "core/engine/schedule.h"
#include "core/rules/dependencies.h"
#include "core/rules/incident_lifecycle.h"

namespace allclear {

// over: the monitor was away until now.
enum class Absence : std::uint8_t { none, standstill, over };

inline bool fails(Verdict verdict) { return verdict == Verdict::down || verdict == Verdict::degraded; }

// Of an operation. `key`: of the request; empty: it had none.
struct Asker {
  const std::string& who;
  const std::string& key;
};

struct Engine::State {
  explicit State(EngineLimits engine_limits)
      : limits(engine_limits), flights(engine_limits.in_flight, engine_limits.in_flight_per_host) {}

  EngineLimits limits;
  EngineCounters counters;
  Pace pace = Pace::continuous;
  Roster roster;
  Schedule schedule;
  Flights flights;
  CommitQueue commits;
  std::vector<std::uint8_t> retries;  // by slot, in a single pass only: quick retries so far
  MonotonicTime pass_began{};         // in a single pass only
  std::vector<Schedule::Firing> firings;
  FollowUps follow_ups;
  Replies replies;
  Repeats repeats;
  Dependencies dependencies;
  Calendar calendar;
  std::vector<std::shared_ptr<const Maintenance>> written;  // in the config file
  std::vector<std::shared_ptr<const Maintenance>> planned;  // while the monitor ran
  struct Respite {
    MonotonicTime until;
    bool run_began = false;      // since; then it has been given the time of a run already
    bool of_standstill = false;  // not given again before somebody looked
  };
  std::unordered_map<ServiceId, Respite> respites;  // until when a deadline that passed in an absence waits
  std::unordered_map<ServiceId, MonotonicTime> latest_deadlines;  // of what a clock that was ahead heard last
  std::unordered_map<ServiceId, std::string> run_ids;             // of heartbeats' runs that say one; not stored
  Lookout lookout;
  Groups groups;
  Refusals refusals;
  Investigations investigations;
  HostIndex hosts;
  IncidentsByHand by_hand;
  Shared<std::vector<ChannelId>> own_alerts;  // of the catalogue
  Instant now_is;                             // of this turn
  MonotonicTime last_wake = MonotonicTime::min();

  void handle(const Started& event, const Instant& now, Commands& commands);
  void handle(const Catalogued& event, const Instant& now, Commands& commands);
  void handle(const Observed& event, const Instant& now, Commands& commands);
  void handle(const Abandoned& event, const Instant& now, Commands& commands);
  void handle(const Committed& event, const Instant& now, Commands& commands);
  void handle(const CommitFailed& event, const Instant& now, Commands& commands);
  void handle(const Resumed& event, const Instant& now, Commands& commands);
  void handle(const StoodStill& event, const Instant& now, Commands& commands);
  void handle(const Due& event, const Instant& now, Commands& commands);
  void handle(const Operated& event, const Instant& now, Commands& commands);
  void handle(const DeliverySettled& event, const Instant& now, Commands& commands);
  void handle(const EvidenceGathered& event, const Instant& now, Commands& commands);
  void finish_turn(const Instant& now, Commands& commands);

  // engine_catalogue.cpp
  void settle(std::size_t row, WallTime now);
  void reconcile(std::size_t row, WallTime now);
  void restore_returning(const StoredState& stored);
  void end_gone(const Service& service, const ServiceState& state, const Incident* open, WallTime now);
  void end_gone_of(const StoredState& stored, WallTime now);
  void plan_all(const Instant& now);
  void carry_over(const Roster& old, const Schedule& old_schedule, const Instant& now);
  bool runs(SlotIndex slot) const;  // enabled and started from here

  // engine_probing.cpp
  void plan_grid(SlotIndex slot, const Instant& now);
  void plan_single_pass(const StoredState& stored, const Instant& now);
  void plan_after_sleep(milliseconds slept, const Instant& now);
  void start_early(std::vector<SlotIndex> slots, const Instant& now);
  void depart(SlotIndex slot, const Schedule::Firing& firing, MonotonicTime now, Commands& commands);
  void start_waiting(MonotonicTime now, Commands& commands);
  void retry_soon(SlotIndex slot, MonotonicTime now);
  void ask_after_sleep(SlotIndex slot, MonotonicTime now);

  // engine_commits.cpp
  void judge(SlotIndex slot, const CheckResult& result, const Instant& now, Origin origin);
  void record(std::size_t row, Decision decision);
  void resolve_conflict(const CommitFailed& event, const ServiceSet& services, const Instant& now);

  // engine_dependencies.cpp
  void look_at_parents(std::size_t row, WallTime failing_since, MonotonicTime now);
  void follow_dependencies(std::size_t row, const std::string& detail, const Instant& now);
  void follow_children(std::size_t row, Verdict before, const Instant& now);
  void settle_hold(std::size_t row, const std::string& detail, const Instant& now);
  void settle_all_holds(const Instant& now);
  void take_due_holds(const Instant& now);
  bool recheck(std::size_t row, MonotonicTime now);  // all its checks; false: none runs
  milliseconds patience_for(std::size_t row) const;
  Parents parents_of(std::size_t row) const;
  void note_affected(std::size_t row);

  // engine_maintenance.cpp
  void take_due_maintenance(const Instant& now);
  void turn_maintenance(std::size_t row, const Instant& now);
  std::vector<std::size_t> set_calendar(const Instant& now);
  enum class PlanChange : std::uint8_t { made, dropped };
  void store_plan(std::shared_ptr<const Maintenance> maintenance, PlanChange change);
  void forget_old_plans(WallTime now);
  OperationResult carry_out(const PlanMaintenance& action, const Asker& asker, const Instant& now);
  OperationResult carry_out(const DropMaintenance& action, const Asker& asker, const Instant& now);

  // engine_blindness.cpp
  enum class Trust : std::uint8_t { full, withheld, none };
  bool is_anchor(SlotIndex slot) const;
  void find_lookout(const Instant& now);
  // Whatever a probe or a deadline brings, before it is judged.
  void take(SlotIndex slot, const CheckResult& result, const Instant& now, Origin origin);
  Trust trust(SlotIndex slot, const CheckResult& result, const Instant& now);
  void ask_anchors(const Instant& now);
  void give_time(MonotonicTime now);  // to the round under way
  void hear_anchor(SlotIndex slot, const CheckResult& result, const Instant& now, Origin origin);
  void end_round(const Instant& now);
  milliseconds recheck_some(const Instant& now);
  void settle_doubt(const Instant& now);
  void take_due_look(const Instant& now);
  void believe(const Instant& now);
  void calm_down(const Instant& now);
  void go_blind(const Instant& now);
  void see_again(const Instant& now);
  void keep_sight(const Instant& now);
  void set_sight(Verdict verdict, WallTime since, const std::string& evidence, WallTime now);

  // engine_grouping.cpp
  void gather(Decision& decision);
  void store_own(Incident incident, std::vector<Alert> alerts);  // of the monitor's own
  void take_due_groups(const Instant& now);
  void restore_groups(const StoredState& stored, const Instant& now);
  void regroup(const std::set<IncidentId>& doubtful, const ServiceSet& services, const StoredState& stored,
               const Instant& now);

  // engine_refusals.cpp
  void tell_of_refusal(const ChannelId& channel, IncidentUpdate update, const Instant& now);
  void take_due_refusals(const Instant& now);
  void restore_refusals(const StoredState& stored, const Instant& now);
  void follow_up_deliveries(const StoredDeliveries& seen, const StoredState& stored, const Instant& now);
  void end_gone_refusals(const Instant& now);

  // engine_diagnosis.cpp
  void follow_failure(SlotIndex slot, const CheckState& before, const CheckResult& result);
  void ask_neighbours(SlotIndex slot, MonotonicTime now);
  FailureView failure_view(SlotIndex slot, const Investigations::Investigation& investigation);
  void explain(std::size_t row, Decision& decision);
  void look_around(MonotonicTime now, Commands& commands);

  // engine_heartbeats.cpp
  bool waits_for_pings(SlotIndex slot) const;
  std::optional<SlotIndex> heartbeat_of(const ServiceId& service) const;
  void plan_heartbeat(SlotIndex slot, const Instant& now, Absence absence);
  void keep_deadline(SlotIndex slot, const Check& before, const Schedule::Plan& plan, const Instant& now);
  void look_for_ping(SlotIndex slot, const Instant& now);
  void miss_ping(SlotIndex slot, const CheckResult& missed, const Instant& now);
  void begin_run(SlotIndex slot, const std::string& run, WallTime now);
  OperationResult carry_out(const Ping& ping, const Asker& asker, const Instant& now);

  // engine_operations.cpp
  OperationResult carry_out(const Operation& operation, const Instant& now);
  OperationResult tell_again(const Repeats::Done& done) const;
  const Incident* find_incident(const IncidentId& id) const;  // open, or of those that people opened

  // engine_incidents.cpp
  void plan_follow_up(std::size_t row, const Instant& now, Absence absence = Absence::none);
  void plan_all_follow_ups(const Instant& now, Absence absence = Absence::none);
  void take_due_follow_ups(const Instant& now);
  OperationResult carry_out(const CheckNow& action, const Asker& asker, const Instant& now);
  OperationResult carry_out(const Acknowledge& action, const Asker& asker, const Instant& now);

  // engine_by_hand.cpp
  std::optional<std::size_t> row_of_open(const IncidentId& id) const;
  std::vector<ChannelId> channels_of(const Incident& incident) const;
  OperationResult store_by_hand(IncidentUpdate update, const Instant& now);
  OperationResult carry_out(const OpenIncident& action, const Asker& asker, const Instant& now);
  OperationResult carry_out(const UpdateIncident& action, const Asker& asker, const Instant& now);
  OperationResult carry_out(const ResolveIncident& action, const Asker& asker, const Instant& now);
  OperationResult carry_out(const ReopenIncident& action, const Asker& asker, const Instant& now);
};

}  // namespace allclear
