// What breaks while a simulation is not calm: clocks, sleep, config, rivals, the process itself.
#include <algorithm>

#include <fmt/format.h>

#include "core/rules/decide.h"
#include "tests/sim/simulation.h"

namespace allclear::sim {
namespace {

constexpr milliseconds probes_under_way(25'000);
constexpr milliseconds longest_streak(90'000);
constexpr std::size_t anchors_that_tell = 3;

}  // namespace

void Simulation::plan_chaos() {
  at_for_world(scale_.times(random_.time_between(seconds(1), seconds(40))), [this] {
    if (!chaos_) return;
    break_something();
    plan_chaos();
  });
}

void Simulation::break_something() {
  if (!engine_) return;
  switch (random_.between(0, 5)) {
    case 0: return jump_clock();
    case 1: return suspend();
    case 2: return reload(false);
    case 3:
    case 4: return rival_writes();
    default: return crash();
  }
}

void Simulation::jump_clock() {
  const milliseconds by = random_.pick<milliseconds>({seconds(1), std::chrono::hours(1), std::chrono::hours(87'600)});
  // A little beside the round figure, as real clocks are: no two moments are the same millisecond by design.
  // Draw by draw: an operator's sides have no order, and a seed is the same history with every compiler.
  const milliseconds beside(random_.between(1, 999));
  const milliseconds jump = (random_.one_in(2) ? by : -by) + beside;
  note(fmt::format("the wall clock jumps by {}", jump.count()));
  wall_offset_ += jump;
  jobs_.clock_jumped(since_start());
  deliveries_.clock_jumped(since_start());
  escalations_.begin_anew();
  way_open_since_ = since_start();
  if (mutant_.is(Mutation::schedule_on_wall_clock) && wake_) *wake_ -= jump;
}

void Simulation::suspend() {
  const milliseconds slept = random_.time_between(seconds(1), std::chrono::hours(8));
  note(fmt::format("sleeps for {}", slept.count()));
  wall_offset_ += slept;
  ++suspends_;
  progress_.begin_anew(since_start());
  jobs_.slept(since_start());
  deliveries_.clock_jumped(since_start());
  escalations_.begin_anew();
  way_open_since_ = since_start();
  send(Resumed{slept});
}

// The steady service stays, so that a false alert would be seen.
void Simulation::reload(bool everything) {
  missing_.clear();
  off_.clear();
  for (const Service& service : world_.services()) {
    const bool stays = service.id == world_.steady() || service.id == monitor_service();
    if (everything || stays || !random_.one_in(4)) continue;
    (random_.one_in(2) ? missing_ : off_).insert(service.id);
    auditor_.paused(service.id);
  }
  note(fmt::format("reload: {} missing, {} off", missing_.size(), off_.size()));
  const auto catalogue = world_.catalogue(missing_, off_);
  static_cast<void>(store_.put_catalogue(*catalogue, wall_now()));
  adopt(*catalogue);
  mutant_.reloaded();
  if (mutant_.is(Mutation::owed_dropped_at_reload)) drop_owed();
  send(Catalogued{mutant_.spoil(catalogue), *store_.load()});
}

// Another driver rewrites a row: our next decision about it stands on a version that is gone.
void Simulation::rival_writes() {
  const StoredState stored = *store_.load();
  if (stored.checks.empty()) return;
  const StoredCheck& check = random_.pick(stored.checks);
  if (check.state.version == 0) return;
  Decision decision;
  decision.service = check.key.service;
  decision.key = check.key;
  decision.state = check.state;
  ++decision.state->version;
  static_cast<void>(store_.commit(std::span(&decision, 1)));
  note(fmt::format("a rival rewrites {}/{}", check.key.service.value(), check.key.check.value()));
}

// Our own network goes. Who is well then and still so when nothing is under way any more that began before: what happens to
// them from then on is not theirs.
void Simulation::lose_uplink(const Span& outage) {
  at_for_world(outage.from - since_start(), [this, outage] {
    std::set<ServiceId> well = well_now({outage.from - longest_streak, outage.from + probes_under_way});
    at_for_world(probes_under_way, [this, outage, well = std::move(well)]() mutable {
      const bool can_tell =
          auditor_.known_checks(monitor_service()) >= anchors_that_tell || mutant_.is(Mutation::no_anchors);
      if (!outage.holds(since_start()) || !can_tell) return;
      ++report_.uplink_outages;
      const StoredState stored = *store_.load();
      for (const Incident& open : stored.open_incidents) well.erase(open.service);
      auditor_.cut_off(std::move(well), wall_now());
    });
  });
  at_for_world(outage.to - since_start(), [this] { auditor_.connected(); });
}

// Up, not about to change, and nothing of their own happens in that time.
std::set<ServiceId> Simulation::well_now(const Span& span) const {
  std::set<ServiceId> well;
  for (const ServiceSnapshot& live : engine_ ? engine_->services() : ServiceList()) {
    const bool fine = std::all_of(live.checks.begin(), live.checks.end(), [&](const CheckSnapshot& check) {
      const auto state = engine_->state_of(check.key);
      return state->verdict == Verdict::up && !pending(*state);
    });
    const ServiceId& id = live.service->id;
    if (fine && id != monitor_service() && world_.was_well(id, span)) well.insert(id);
  }
  return well;
}

}  // namespace allclear::sim
