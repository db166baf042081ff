// Who comes from outside: jobs that ping, operators, and the post that brings alerts to their channels.
#include <algorithm>

#include <fmt/format.h>

#include "core/rules/grouping.h"
#include "tests/sim/simulation.h"

namespace allclear::sim {

using std::chrono::minutes;

void Simulation::plan_job(const ServiceId& job) {
  const Check& check = *world_.service(job).checks[0];
  const milliseconds grace = std::get<HeartbeatTarget>(check.target).grace;
  // A job that takes its time begins a quarter of the grace before it ends.
  at_for_world(random_.time_between(check.interval * 8 / 10, check.interval + grace / 4), [this, job] {
    run_job(job);
    plan_job(job);
  });
}

void Simulation::run_job(const ServiceId& job) {
  const Check& check = *world_.service(job).checks[0];
  const milliseconds grace = std::get<HeartbeatTarget>(check.target).grace;
  const std::string run = random_.one_in(2) ? fmt::format("run-{}", last_ticket_) : std::string();
  switch (world_.mood(job, since_start())) {
    case JobMood::punctual: return ping(job, PingKind::success, "");
    case JobMood::failing: return ping(job, PingKind::fail, "");
    case JobMood::silent: return;
    case JobMood::stuck: return ping(job, PingKind::start, run);
    case JobMood::starting: break;
  }
  ping(job, PingKind::start, run);
  const auto end = [this, job, run] { ping(job, PingKind::success, run); };
  at_for_world(random_.time_between(milliseconds(10), grace / 4), end);
}

void Simulation::ping(const ServiceId& job, PingKind kind, const std::string& run) {
  const bool is_heard = engine_ && !world_.uplink_is_out(since_start());
  if (!is_heard || missing_.contains(job) || off_.contains(job)) return;
  note(fmt::format("{} pings: {}", job.value(),
                   kind == PingKind::success ? "done"
                   : kind == PingKind::fail  ? "failed"
                                             : "begins"));
  ++report_.pings;
  jobs_.pinged(job, kind, since_start());
  if (mutant_.is(Mutation::pings_not_heard) && random_.one_in(4)) return;
  const std::uint64_t ticket = ++last_ticket_;
  asked_[ticket] = {job, std::nullopt, 0};
  send(Operated{{Ping{job, kind, 0, run, {}}, "job"}, ticket});
}

void Simulation::plan_operator() {
  at_for_world(scale_.times(random_.time_between(seconds(20), minutes(2))), [this] {
    if (!chaos_) return;
    switch (random_.between(0, 3)) {
      case 0: send(Operated{{CheckNow{random_.pick(world_.services()).id}, "ann"}, ++last_ticket_}); break;
      case 1: replay_something(); break;
      default: acknowledge_something(); break;
    }
    plan_operator();
  });
}

void Simulation::acknowledge_something() {
  const StoredState stored = *store_.load();
  if (!engine_ || stored.open_incidents.empty()) return;
  const Incident& incident = random_.pick(stored.open_incidents);
  if (is_group(incident)) return;
  note(fmt::format("ann looks after {}", incident.id.value()));
  if (mutant_.is(Mutation::acknowledgement_ignored)) return auditor_.acknowledged(incident.id, incident.reopened);
  const std::uint64_t ticket = ++last_ticket_;
  asked_[ticket] = {incident.service, incident.id, incident.reopened};
  send(Operated{{Acknowledge{incident.id}, "ann"}, ticket});
}

void Simulation::replay_something() {
  AlertQuery dead;
  dead.states = {AlertState::dead};
  const auto page = store_.alerts(dead);
  if (page->alerts.empty()) return;
  const AlertId id = random_.pick(page->alerts).alert.id;
  note(fmt::format("ann replays {}", id.value()));
  deliveries_.replayed(id);
  static_cast<void>(store_.replay(id, wall_now()));
}

// Driver 1 is the process; 2 another machine's, which never dies.
void Simulation::open_post(DriverNumber driver) {
  Street street;
  street.now = [this] { return Instant{wall_now(), now_}; };
  street.store_works = [this] { return store_works(); };
  street.later_in_any_case = [this](milliseconds delay, Action action) { at_for_world(delay, std::move(action)); };
  street.later = [this, driver](milliseconds delay, Action action) {
    driver == 1 ? at(delay, std::move(action)) : at_for_world(delay, std::move(action));
  };
  postmen_[driver] = std::make_unique<Postman>(driver, std::move(street), outbox_, store_, world_.channels(), channels_,
                                               random_, deliveries_);
  postmen_.at(driver)->look();
  poll_post(driver);
}

// It looks when nobody wakes it, too; in long simulations less often.
void Simulation::poll_post(DriverNumber driver) {
  const auto look = [this, driver] {
    postmen_.at(driver)->look();
    poll_post(driver);
  };
  const milliseconds pause = std::min<milliseconds>(scale_.times(seconds(1)), seconds(5));
  driver == 1 ? at(pause, look) : at_for_world(pause, look);
}

// Whatever must go on as time passes.
void Simulation::look_after_all() {
  at_for_world(seconds(15), [this] {
    const milliseconds now = since_start();
    progress_.look(now);
    deliveries_.expect_nothing_waits(now, [this](const Alert& alert) { return way_was_open_since(alert); });
    for (const ServiceId& job : world_.jobs()) look_after_job(job);
    look_after_incidents();
    look_after_all();
  });
}

void Simulation::look_after_job(const ServiceId& job) {
  if (!engine_) return;
  const milliseconds now = since_start();
  const auto state = engine_->state_of({job, CheckId(job.text()), local_location()});
  const auto& services = engine_->services();
  const bool blind = std::any_of(services.begin(), services.end(), [](const ServiceSnapshot& one) {
    return one.service->id == monitor_service() && one.state.verdict == Verdict::down;
  });
  const bool connected = !world_.uplink_is_out(now) && !world_.uplink_is_out(now - seconds(30));
  if (state && !blind && connected) jobs_.look(job, state->verdict, now);
}

void Simulation::look_after_incidents() {
  if (!engine_) return;
  for (const ServiceSnapshot& live : engine_->services()) {
    if (!live.open_incident) continue;
    if (live.state.maintenance)
      escalations_.pause(live.open_incident->id);
    else
      escalations_.look(*live.open_incident, *live.service->alerts, world_.channels(), since_start());
  }
}

// Process, store and channel.
std::optional<milliseconds> Simulation::way_was_open_since(const Alert& alert) const {
  const auto well = channels_.well_since(alert.channel, since_start());
  if (!engine_ || !well || !store_works()) return std::nullopt;
  return std::max(*well, way_open_since_);
}

// The mistake: who was told was kept in memory only.
void Simulation::tell_all_again() {
  AlertQuery sent;
  sent.states = {AlertState::sent};
  const auto page = store_.alerts(sent);
  for (const AlertRecord& record : page->alerts) {
    const auto incident = store_.incident(record.alert.incident);
    if ((*incident)->open()) deliveries_.arrived(record.alert);
  }
}

// The mistake: a reload makes new queues.
void Simulation::drop_owed() {
  AlertQuery owed;
  owed.states = {AlertState::owed};
  const auto page = store_.alerts(owed);
  for (const AlertRecord& record : page->alerts)
    static_cast<void>(store_.settle(record.alert.id, {DeliveryOutcome::sent, milliseconds(0), "gone"}, wall_now()));
}

}  // namespace allclear::sim
