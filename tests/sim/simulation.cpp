#include "tests/sim/simulation.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"

namespace allclear::sim {
namespace {

using std::chrono::minutes;

constexpr milliseconds usual_length = minutes(35);
constexpr milliseconds usual_chaos = minutes(15);
constexpr std::size_t lines_kept = 25;

// In a long simulation everything is slower, so that it costs little more than a short one does.
Scale scale_of(const Options& options) {
  const auto stretch = std::max<std::int64_t>(1, options.length / usual_length);
  constexpr milliseconds calm_at_most = 4 * minutes(23);
  return {std::max<milliseconds>(usual_chaos * stretch, options.length - calm_at_most), static_cast<int>(stretch)};
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, const Options& options)
    : options_(options),
      scale_(scale_of(options)),
      random_(seed),
      world_(random_, scale_),
      channels_(random_, world_, scale_),
      mutant_(options.mutation),
      outbox_(mutant_, store_, store_),
      auditor_(world_, findings_),
      deliveries_(store_, findings_),
      progress_(findings_),
      jobs_(findings_),
      storms_(world_.grouping(), findings_),
      escalations_(findings_),
      wall_offset_(world_.begins_at()) {
  for (const ServiceId& job : world_.jobs()) jobs_.expect(world_.service(job));
  findings_.tell = [this](const std::string& what) { note(what); };
}

Report Simulation::run() {
  start_process();
  if (random_.one_in(4) || mutant_.is(Mutation::two_drivers_send_the_same)) open_post(2);
  plan_chaos();
  plan_operator();
  for (const ServiceId& job : world_.jobs()) plan_job(job);
  for (const Span& outage : world_.uplink_outages()) lose_uplink(outage);
  look_after_all();
  run_until(scale_.chaos);
  calm_down();
  auditor_.compare(*store_.load());
  deliveries_.compare();
  report_.violations = findings_.all();
  report_.length = since_start();
  report_.audit = auditor_.counts();
  report_.deliveries = deliveries_.counts();
  report_.alerts = auditor_.alerts_owed();
  report_.missed = jobs_.missed();
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
  in_flight_limit_ = static_cast<std::size_t>(random_.between(2, 20));
  engine_ = std::make_unique<Engine>(EngineLimits{in_flight_limit_, 0});
  const auto catalogue = world_.catalogue(missing_, off_);
  static_cast<void>(store_.put_catalogue(*catalogue, wall_now()));
  StoredState stored = *store_.load();
  stored.deliveries.clear();  // what channels refuse is not told of in here
  auditor_.compare(stored);
  deliveries_.compare();
  note(fmt::format("process {} starts", life_));
  adopt(*catalogue);
  jobs_.restarted(since_start());
  storms_.restarted();
  way_open_since_ = since_start();
  const std::uint64_t life = life_;
  send(Started{mutant_.spoil(catalogue), mutant_.spoil(stored), Pace::continuous});
  if (!engine_ || life != life_) return;
  if (engine_->uncommitted() == 0) expect_as_stored(stored);
  open_post(1);
  if (mutant_.is(Mutation::told_again_after_restart)) tell_all_again();
}

void Simulation::adopt(const Catalogue& catalogue) {
  progress_.expect(catalogue, since_start());
  escalations_.begin_anew();
  for (const ServiceId& job : world_.jobs()) {
    if (missing_.contains(job) || off_.contains(job)) jobs_.paused(job);
  }
}

// All that was only in memory is gone.
void Simulation::crash() {
  note("crash");
  ++report_.crashes;
  report_.probes += engine_->counters().started;
  report_.results += engine_->counters().results;
  report_.conflicts += engine_->counters().conflicts;
  report_.faults += engine_->counters().commit_faults;
  for (const auto& [ticket, asked] : asked_) {
    if (!asked.acknowledges) jobs_.unsure(asked.service);
  }
  asked_.clear();
  lost_.clear();
  progress_.nobody_works();
  deliveries_.driver_died(1);
  engine_.reset();
  ++life_;
  postmen_.erase(1);
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
  if (options_.tell) options_.tell(line);
  report_.last_lines.push_back(std::move(line));
  if (report_.last_lines.size() > lines_kept) report_.last_lines.pop_front();
}

}  // namespace allclear::sim
