// What breaks while a simulation is not calm: clocks, sleep, config, rivals, the process itself.
#include <fmt/format.h>

#include "tests/sim/simulation.h"

namespace allclear::sim {

void Simulation::plan_chaos() {
  at_for_world(random_.time_between(seconds(1), seconds(40)), [this] {
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
  const milliseconds jump = (random_.one_in(2) ? by : -by) + milliseconds(random_.between(1, 999));
  note(fmt::format("the wall clock jumps by {}", jump.count()));
  wall_offset_ += jump;
}

void Simulation::suspend() {
  const milliseconds slept = random_.time_between(seconds(1), std::chrono::hours(8));
  note(fmt::format("sleeps for {}", slept.count()));
  wall_offset_ += slept;
  ++suspends_;
  send(Resumed{slept});
}

// The steady service stays, so that a false alert would be seen.
void Simulation::reload(bool everything) {
  missing_.clear();
  off_.clear();
  for (const Service& service : world_.services()) {
    if (everything || service.id == world_.steady() || !random_.one_in(4)) continue;
    (random_.one_in(2) ? missing_ : off_).insert(service.id);
    auditor_.paused(service.id);
  }
  note(fmt::format("reload: {} missing, {} off", missing_.size(), off_.size()));
  const auto catalogue = world_.catalogue(missing_, off_);
  static_cast<void>(store_.put_catalogue(*catalogue, wall_now()));
  send(Catalogued{catalogue, *store_.load()});
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

}  // namespace allclear::sim
