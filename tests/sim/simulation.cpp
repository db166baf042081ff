#include "tests/sim/simulation.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "tests/support/builders.h"

namespace allclear::sim {
namespace {

constexpr milliseconds chaos_length = std::chrono::minutes(15);
constexpr milliseconds calm_length = std::chrono::minutes(5);
constexpr std::size_t lines_kept = 25;

}  // namespace

Simulation::Simulation(std::uint64_t seed)
    : random_(seed),
      world_(random_, chaos_length),
      auditor_(world_),
      wall_offset_(test::wall(random_.between(0, 86'400'000))) {}

Report Simulation::run() {
  start_process();
  plan_chaos();
  run_until(chaos_length);
  chaos_ = false;
  if (!engine_) start_process();
  world_.end_maintenance();
  reload(true);
  const ServiceId victim = world_.services()[1].id;
  for (const ServiceId& down : {ServiceId(), victim, ServiceId()}) {
    world_.calm(down);
    note(fmt::format("calm, down: '{}'", down.value()));
    run_until(since_start() + calm_length);
    expect_settled(down);
  }
  auditor_.compare(*store_.load());
  report_.violations = auditor_.violations();
  report_.incidents = auditor_.incidents_opened();
  report_.alerts = auditor_.alerts_owed();
  report_.maintenances = auditor_.maintenances();
  return report_;
}

void Simulation::run_until(milliseconds until) {
  const MonotonicTime end(until);
  while (true) {
    const MonotonicTime appointed = appointments_.empty() ? MonotonicTime::max() : appointments_.begin()->first;
    const MonotonicTime next = std::min(appointed, wake_.value_or(MonotonicTime::max()));
    if (next > end) break;
    now_ = std::max(now_, next);
    if (appointed <= next) {
      const Appointment appointment = std::move(appointments_.begin()->second);
      appointments_.erase(appointments_.begin());
      if (appointment.life == 0 || appointment.life == life_) appointment.action();
    } else {
      wake_.reset();
      send(Due{});
    }
  }
  now_ = end;
}

void Simulation::at(milliseconds delay, Action action) {
  appointments_.emplace(now_ + delay, Appointment{std::move(action), life_});
}

void Simulation::at_for_world(milliseconds delay, Action action) {
  appointments_.emplace(now_ + delay, Appointment{std::move(action), 0});
}

void Simulation::start_process() {
  ++life_;
  engine_ = std::make_unique<Engine>(EngineLimits{static_cast<std::size_t>(random_.between(2, 20)), 0});
  const auto catalogue = world_.catalogue(missing_, off_);
  static_cast<void>(store_.put_catalogue(*catalogue, wall_now()));
  const StoredState stored = *store_.load();
  auditor_.compare(stored);
  note(fmt::format("process {} starts", life_));
  const std::uint64_t life = life_;
  send(Started{catalogue, stored, Pace::continuous});
  if (engine_ && life == life_ && engine_->uncommitted() == 0) expect_as_stored(stored);
}

// All that was only in memory is gone.
void Simulation::crash() {
  note("crash");
  ++report_.crashes;
  report_.results += engine_->counters().results;
  report_.conflicts += engine_->counters().conflicts;
  report_.faults += engine_->counters().commit_faults;
  engine_.reset();
  ++life_;
  wake_.reset();
  unwritten_.clear();
  refuses_until_resumed_ = false;
  write_planned_ = false;
  at_for_world(random_.time_between(milliseconds(1), seconds(30)), [this] {
    if (!engine_) start_process();
  });
}

void Simulation::send(const Event& event) {
  if (!engine_) return;
  Commands commands;
  engine_->on(event, {wall_now(), now_}, commands);
  note(fmt::format("event {}: {} commands", event.index(), commands.size()));
  for (const Command& command : commands) {
    std::visit([this](const auto& one) { carry_out(one); }, command);
    if (breaks(1'500)) return crash();
  }
}

void Simulation::note(std::string line) {
  line = fmt::format("{} {}", since_start().count(), line);
  report_.trace = stable_hash(fmt::format("{:x} {}", report_.trace, line));
  report_.last_lines.push_back(std::move(line));
  if (report_.last_lines.size() > lines_kept) report_.last_lines.pop_front();
}

// Right after a start that had nothing to change: what was committed is what stands.
void Simulation::expect_as_stored(const StoredState& stored) {
  std::map<ServiceId, ServiceSnapshot> live;
  for (const ServiceSnapshot& service : engine_->services()) live.emplace(service.service->id, service);
  for (const ServiceState& state : stored.services) {
    const auto found = live.find(state.service);
    if (found == live.end() || !found->second.service->enabled || state.reason == Reason::paused) continue;
    if (!(found->second.state == state)) auditor_.complain(state.service.value() + ": a restart changed its state");
  }
  for (const Incident& incident : stored.open_incidents) {
    const auto found = live.find(incident.service);
    const bool kept = found != live.end() && found->second.open_incident && *found->second.open_incident == incident;
    if (!kept) auditor_.complain(incident.service.value() + ": a restart lost an open incident");
  }
}

// Nothing breaks any more: everything is known, told and stored, and only `down` is down.
void Simulation::expect_settled(const ServiceId& down) {
  for (int i = 0; i < 200 && engine_->uncommitted() != 0; ++i) run_until(since_start() + milliseconds(10));
  const StoredState stored = *store_.load();
  if (engine_->uncommitted() != 0) auditor_.complain("decisions are not durable although the store works");
  for (const ServiceSnapshot& live : engine_->services()) {
    const Verdict expected = live.service->id == down ? Verdict::down : Verdict::up;
    const std::string& name = live.service->id.value();
    if (live.state.verdict != expected) {
      auditor_.complain(
          fmt::format("{} should be {} and is {}", name, to_string(expected), to_string(live.state.verdict)));
    }
    // Flapping ends only 20 results after the last change.
    const bool still_flaps = live.open_incident && live.open_incident->flapping;
    if ((live.open_incident != nullptr) != (expected == Verdict::down) && !still_flaps)
      auditor_.complain(name + ": wrong open incident");
    const auto kept = std::find_if(stored.services.begin(), stored.services.end(),
                                   [&](const ServiceState& state) { return state.service == live.service->id; });
    if (kept == stored.services.end() || !(*kept == live.state))
      auditor_.complain(name + ": the store knows another state");
  }
}

}  // namespace allclear::sim
