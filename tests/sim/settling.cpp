// What must hold right after a start, and what must come true when nothing breaks any more.
#include <algorithm>

#include <fmt/format.h>

#include "core/rules/grouping.h"
#include "tests/sim/simulation.h"

namespace allclear::sim {

using std::chrono::minutes;

// Right after a start that had nothing to change: what was committed is what stands.
void Simulation::expect_as_stored(const StoredState& stored) {
  std::map<ServiceId, ServiceSnapshot> live;
  for (const ServiceSnapshot& service : engine_->services()) live.emplace(service.service->id, service);
  for (const ServiceState& state : stored.services) {
    const auto found = live.find(state.service);
    if (found == live.end() || !found->second.service->enabled || state.reason == Reason::paused) continue;
    if (!(found->second.state == state)) findings_.add(state.service.value() + ": a restart changed its state");
  }
  for (const Incident& incident : stored.open_incidents) {
    const auto found = live.find(incident.service);
    if (is_group(incident) || found == live.end()) continue;
    const bool kept = found->second.open_incident && *found->second.open_incident == incident;
    if (!kept) findings_.add(incident.service.value() + ": a restart lost an open incident");
  }
}

// First all is well, then a service fails and the one that depends on it, then only that one, then all is well again.
void Simulation::calm_down() {
  chaos_ = false;
  channels_.calm(since_start());
  if (!engine_) start_process();
  auditor_.no_more_maintenance();
  auditor_.connected();
  world_.end_maintenance();
  world_.calm({});
  reload(true);
  const std::vector<ServiceId> family = world_.family();
  const milliseconds stage = std::max<milliseconds>(minutes(5), 2 * world_.longest_interval() + minutes(3));
  const std::set<ServiceId> all(family.begin(), family.end());
  for (const std::set<ServiceId>& down : {std::set<ServiceId>{}, all, std::set{family.back()}, std::set<ServiceId>{}}) {
    world_.calm(down);
    note(fmt::format("calm, {} down", down.size()));
    const milliseconds end = since_start() + stage;
    expect_noticed(down);
    run_until(end);
    expect_settled(down);
  }
  expect_no_group();
}

// No later than a slot and the confirmation take, whatever the anchors had to be asked.
void Simulation::expect_noticed(const std::set<ServiceId>& down) {
  milliseconds longest{0};
  for (const ServiceId& id : down) {
    for (const auto& check : world_.service(id).checks) {
      const milliseconds each = check->timeout + milliseconds(check->confirm.retry);
      longest = std::max(longest, check->interval + check->confirm.down * each);
    }
  }
  run_until(since_start() + longest + minutes(1));
  for (const ServiceSnapshot& live : engine_->services()) {
    if (down.contains(live.service->id) && live.state.verdict != Verdict::down)
      findings_.add(live.service->id.value() + ": its failure was not noticed in time");
  }
}

// Nothing breaks any more: everything is known, told and stored, and only these are down.
void Simulation::expect_settled(const std::set<ServiceId>& down) {
  for (int i = 0; i < 200 && engine_->uncommitted() != 0; ++i) run_until(since_start() + milliseconds(10));
  const StoredState stored = *store_.load();
  if (engine_->uncommitted() != 0) findings_.add("decisions are not durable although the store works");
  for (const ServiceSnapshot& live : engine_->services()) {
    expect_verdict(live, down.contains(live.service->id) ? Verdict::down : Verdict::up);
    const auto kept = std::find_if(stored.services.begin(), stored.services.end(),
                                   [&](const ServiceState& state) { return state.service == live.service->id; });
    if (kept == stored.services.end() || !(*kept == live.state))
      findings_.add(live.service->id.value() + ": the store knows another state");
  }
}

void Simulation::expect_verdict(const ServiceSnapshot& live, Verdict expected) {
  const std::string& name = live.service->id.value();
  if (live.state.verdict != expected)
    findings_.add(fmt::format("{} should be {} and is {}", name, to_string(expected), to_string(live.state.verdict)));
  // Flapping ends only 10 to 20 results after the last change.
  const bool still_flaps = live.open_incident && live.open_incident->flapping;
  const auto& parents = *live.service->depends_on;
  const bool may_be_held = std::any_of(parents.begin(), parents.end(), [&](const ServiceId& parent) {
    return std::any_of(engine_->services().begin(), engine_->services().end(), [&](const ServiceSnapshot& other) {
      return other.service->id == parent && other.state.verdict == Verdict::down;
    });
  });
  const bool fails = expected == Verdict::down;
  if ((live.open_incident != nullptr) != fails && !still_flaps && !(fails && may_be_held))
    findings_.add(name + (fails ? ": fails and has no open incident" : ": is well and has an open incident"));
}

// One that a group tells of still flaps: then the group goes on.
bool Simulation::group_waits() {
  const StoredState stored = *store_.load();
  return std::any_of(stored.open_incidents.begin(), stored.open_incidents.end(),
                     [](const Incident& incident) { return incident.flapping && !incident.grouped.empty(); });
}

// Its end is told with its next word, within three minutes of the last end of those that it stands for.
void Simulation::expect_no_group() {
  constexpr minutes next_word{3};
  const bool waited = group_waits();
  run_until(since_start() + next_word);
  if (group_waits()) return;
  if (waited) run_until(since_start() + next_word);  // since the flapping stopped, a moment ago perhaps
  const StoredState stored = *store_.load();
  for (const Incident& incident : stored.open_incidents) {
    if (is_group(incident)) findings_.add("a group goes on although all is well: " + incident.title);
  }
}

}  // namespace allclear::sim
