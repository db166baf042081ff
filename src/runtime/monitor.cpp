#include "runtime/monitor.h"

#include <algorithm>
#include <future>
#include <utility>

namespace allclear::runtime {
namespace {

constexpr milliseconds publication_period{100};
constexpr seconds turn_limit{5};
constexpr milliseconds noticeable_suspend{1'000};
constexpr milliseconds noticeable_standstill{2'000};  // without a turn; there is one each second
// While the store refuses, what is decided is shown all the same after this long.
constexpr seconds longest_unpublished{5};

}  // namespace

Monitor::Monitor(MonitorOptions options, const Clock& clock, CheckLog& store, const MakeProbe& make_probe, Log& log)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      work_(loop_.get_executor()),
      engine_(options_.limits),
      local_faults_(log),
      wake_(loop_),
      suspended_(clock.suspended()),
      started_at_(clock.now().wall),
      events_(loop_, [this](std::vector<Event>& events) { handle(events); }),
      finished_(loop_, [this](std::vector<ProbeFinished>& finished) { handle_finished(finished); }) {
  writer_ = std::make_unique<CommitWriter>(
      store, clock_, options_.writer, [this](Event event) { events_.put(std::move(event)); }, log_);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.probe_loops); ++i) {
    probe_loops_.push_back(std::make_unique<ProbeLoop>(
        make_probe, clock_,
        ProbeLoop::Reports{[this](ProbeFinished result) { finished_.put(std::move(result)); },
                           [this](LookedAround seen) {
                             events_.put(EvidenceGathered{std::move(seen.key), std::move(seen.evidence)});
                           }}));
  }
}

Monitor::~Monitor() {
  // From here no probe starts; results that were reported before are still judged and committed.
  on_engine_thread([this] {
    stopping_ = true;
    each_second_.reset();
    each_publication_.reset();
    wake_.cancel();
  });
  for (const auto& probe_loop : probe_loops_) probe_loop->cancel();
  probe_loops_.clear();
  on_engine_thread([] {});
  work_.reset();
  loop_.stop();
  if (thread_.joinable()) thread_.join();
  writer_.reset();  // commits what waits; after the engine's thread, which must not find it gone
}

// Waits until the engine's thread has run it, behind all that was posted before.
void Monitor::on_engine_thread(const std::function<void()>& work) {
  if (!thread_.joinable()) return;
  std::promise<void> done;
  boost::asio::post(loop_, [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

void Monitor::start(std::shared_ptr<const Catalogue> catalogue, StoredState stored) {
  config_version_ = catalogue->version;
  config_loaded_at_ = started_at_;
  apply(Started{std::move(catalogue), std::move(stored), options_.pace});
  started_ = true;
  publish();
  each_second_.emplace(loop_, milliseconds(1'000), [this] { turn_each_second(); });
  each_publication_.emplace(loop_, publication_period, [this] { publish_when_due(); });
  boost::asio::post(loop_, [this] { tell_when_idle(); });  // nothing may be due at all
  thread_ = std::thread([this] { loop_.run(); });
}

void Monitor::reload(std::shared_ptr<const Catalogue> catalogue, StoredState stored) {
  events_.put(Catalogued{std::move(catalogue), std::move(stored)});
}

void Monitor::config_failed(std::string error) {
  boost::asio::post(loop_, [this, error = std::move(error)]() mutable {
    config_error_ = std::move(error);
    publish();
  });
}

void Monitor::perform(CommitWriter::StoreWork work) { writer_->perform(std::move(work)); }

void Monitor::settled(const ChannelId& channel, const Delivery& delivery) {
  events_.put(DeliverySettled{channel, delivery.outcome, delivery.answer});
}

void Monitor::operate(Operation operation, Done done) {
  const std::uint64_t ticket = operations_.put(std::move(done), clock_.now().monotonic);
  events_.put(Operated{std::move(operation), ticket});
}

std::shared_ptr<const Snapshot> Monitor::snapshot() const {
  const std::lock_guard lock(snapshot_mutex_);
  return snapshot_;
}

bool Monitor::decides() const {
  const MonotonicTime last_turn{nanoseconds(last_turn_ns_.load())};
  return clock_.now().monotonic - last_turn <= turn_limit && writer_->facts().progress;
}

bool Monitor::makes_progress() const {
  const MonotonicTime now = clock_.now().monotonic;
  const auto turns = [&](const auto& probe_loop) { return now - probe_loop->last_turn() <= turn_limit; };
  return decides() && std::all_of(probe_loops_.begin(), probe_loops_.end(), turns);
}

void Monitor::handle(std::vector<Event>& events) {
  for (const Event& event : events) {
    apply(event);
    if (const auto* catalogued = std::get_if<Catalogued>(&event)) {
      config_error_.clear();
      config_version_ = catalogued->catalogue->version;
      config_loaded_at_ = clock_.now().wall;
      publish();
    }
  }
}

void Monitor::handle_finished(std::vector<ProbeFinished>& finished) {
  for (ProbeFinished& one : finished) {
    const MonotonicTime now = clock_.now().monotonic;
    lateness_.add(one.lateness, now);
    // Targets echo what they were sent, and a mistake names what was expected: neither is kept with a secret in it (S7).
    if (!one.result.detail.empty()) one.result.detail = log_.masked(std::move(one.result.detail));
    local_faults_.note(one.key, one.result, one.own_fault, now);
    apply(Observed{std::move(one.key), std::move(one.result), one.flight});
  }
}

void Monitor::apply(const Event& event) {
  Instant now = clock_.now();
  const MonotonicTime last_turn{nanoseconds(last_turn_ns_.exchange(now.monotonic.time_since_epoch().count()))};
  if (started_ && notice_sleep()) now = clock_.now();
  if (started_ && now.monotonic - last_turn >= noticeable_standstill) {
    log_.warning("stood_still", {{"ms", std::chrono::duration_cast<milliseconds>(now.monotonic - last_turn).count()}});
    apply(StoodStill{});
  }
  commands_.clear();
  if (const auto* committed = std::get_if<Committed>(&event)) {
    const auto later = urgent_.upper_bound(committed->seq);
    const bool any = later != urgent_.begin();
    urgent_.erase(urgent_.begin(), later);
    if (any && options_.on_urgent_durable) options_.on_urgent_durable();
  }
  if (std::holds_alternative<CommitFailed>(event)) urgent_.clear();  // they come again, under new numbers
  engine_.on(event, now, commands_);
  dirty_ = true;
  carry_out();
  tell_when_idle();
}

void Monitor::tell_when_idle() {
  if (!options_.on_idle || !started_ || !engine_.idle()) return;
  publish();  // the pass is told from the snapshot
  options_.on_idle();
}

void Monitor::carry_out() {
  for (Command& command : commands_) {
    if (auto* start = std::get_if<StartProbe>(&command)) {
      dispatch(std::move(*start));
    } else if (auto* commit = std::get_if<Commit>(&command)) {
      if (commit->urgent) {
        urgent_.insert(commit->seq);
        log_transitions(*commit);
      }
      writer_->put(std::move(*commit));
    } else if (const auto* wake = std::get_if<WakeAt>(&command)) {
      arm(wake->at);
    } else if (auto* errand = std::get_if<GatherEvidence>(&command)) {
      if (!stopping_) loop_for(errand->key).look_around(std::move(*errand));
    } else if (auto* reply = std::get_if<Reply>(&command)) {
      // Whoever planned or wrote it and looks at once finds it.
      if ((reply->result.maintenance || reply->result.incident) && urgent_.empty()) publish();
      operations_.answer(reply->ticket, std::move(reply->result));
    }
  }
}

void Monitor::dispatch(StartProbe command) {
  if (stopping_) return;
  loop_for(command.key).start(std::move(command));
}

// Always the same for a check: what its probe remembers of it is there.
ProbeLoop& Monitor::loop_for(const CheckKey& key) {
  return *probe_loops_[std::hash<CheckKey>{}(key) % probe_loops_.size()];
}

void Monitor::arm(MonotonicTime at) {
  if (at == MonotonicTime::max() || stopping_) return;
  // Up to the next tick of the grid, so that neighbours start in one turn.
  const auto grid = std::chrono::duration_cast<nanoseconds>(options_.tick).count();
  const auto ticks = (at.time_since_epoch().count() + grid - 1) / grid;
  armed_for_ = MonotonicTime(nanoseconds(ticks * grid));
  wake_.expires_at(std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(armed_for_.time_since_epoch())));
  wake_.async_wait([this](const boost::system::error_code& error) {
    if (!error) apply(Due{});
  });
}

// Before anything else is judged: a probe that slept through its deadline is no failure, nor is a ping that nobody heard.
bool Monitor::notice_sleep() {
  const nanoseconds suspended = clock_.suspended();
  const nanoseconds slept = suspended - std::exchange(suspended_, suspended);
  if (slept < noticeable_suspend) return false;
  log_.warning("resumed", {{"slept_ms", std::chrono::duration_cast<milliseconds>(slept).count()}});
  // The store notes the gap before results of after it come in.
  writer_->perform([wall = clock_.now().wall](CheckLog& store) { (void)store.upkeep(wall); });
  apply(Resumed{std::chrono::duration_cast<milliseconds>(slept)});
  return true;
}

void Monitor::turn_each_second() {
  apply(Due{});  // at least: what happened to the time since the last turn is noticed
  operations_.give_up(clock_.now().monotonic);
  dirty_ = true;
}

void Monitor::publish_when_due() {
  const bool durable = urgent_.empty();
  const bool long_ago = clock_.now().monotonic - last_publication_ > longest_unpublished;
  if (dirty_ && (durable || long_ago)) publish();
}

void Monitor::publish() {
  const Instant now = clock_.now();
  auto snapshot = std::make_shared<const Snapshot>(Snapshot{
      now.wall, ++publications_, engine_.services(), engine_.maintenances(), engine_.incidents_by_hand(), facts()});
  last_publication_ = now.monotonic;
  dirty_ = false;
  const std::lock_guard lock(snapshot_mutex_);
  snapshot_ = std::move(snapshot);
}

MonitorFacts Monitor::facts() const {
  const EngineCounters& counters = engine_.counters();
  const CommitWriterFacts writer = writer_->facts();
  MonitorFacts facts;
  facts.started_at = started_at_;
  facts.scheduler_progress = true;
  facts.store_progress = writer.progress;
  facts.store_opening = options_.store_opening;
  facts.config_error = config_error_;
  facts.config_version = config_version_;
  facts.config_loaded_at = config_loaded_at_;
  facts.probes_started = counters.started;
  facts.results = counters.results;
  facts.skipped_overlap = counters.skipped_overlap;
  facts.skipped_suspend = counters.skipped_suspend;
  facts.deferred_limit = counters.deferred_limit;
  facts.commits = writer.commits;
  facts.commit_faults = counters.commit_faults;
  facts.commit_conflicts = counters.conflicts;
  facts.in_flight = engine_.in_flight();
  facts.uncommitted = engine_.uncommitted();
  facts.lateness_p50 = lateness_.quantile(0.5);
  facts.lateness_p99 = lateness_.quantile(0.99);
  facts.lateness_max = lateness_.maximum();
  return facts;
}

void Monitor::log_transitions(const Commit& commit) {
  for (const Decision& decision : commit.decisions) {
    if (!decision.transition) continue;
    const Transition& transition = *decision.transition;
    const bool worse = transition.to == Verdict::down || transition.to == Verdict::degraded;
    log_.write(worse ? LogLevel::warning : LogLevel::info, "service_changed",
               {{"service", transition.service.value()},
                {"from", std::string(to_string(transition.from))},
                {"to", std::string(to_string(to_shown(transition.to, transition.maintenance)))},
                {"reason", std::string(to_string(transition.reason))},
                {"since", format_rfc3339(transition.at)},
                {"detail", decision.result ? decision.result->detail : std::string()}});
  }
}

}  // namespace allclear::runtime
