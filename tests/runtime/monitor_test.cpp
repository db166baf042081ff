#include "runtime/monitor.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <map>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "adapters/store/memory/memory_store.h"
#include "runtime/system_clock.h"
#include "tests/support/recording_log.h"

namespace allclear::runtime {
namespace {

using namespace std::chrono_literals;

// What every probe of a test answers with; changed while it runs.
struct World {
  std::mutex mutex;
  // Of a service; 0: hangs, -1: this machine's resolvers are dead, -2: it holds its whole loop up until `released`.
  std::map<std::string, int> status;
  std::condition_variable freed;
  bool released = false;
  int observed = 0;
  std::vector<std::string> looked_around;  // services
};

class WorldProbe final : public Probe {
 public:
  WorldProbe(boost::asio::io_context& loop, World& world) : loop_(loop), world_(world) {}

  Task<Evidence> gather(const Check& check, MonotonicTime) override {
    {
      const std::lock_guard lock(world_.mutex);
      world_.looked_around.push_back(check.service.value());
    }
    Evidence evidence;
    evidence.names.push_back({"", {}, ProbeError{Phase::dns, Reason::nxdomain, ""}});
    co_return evidence;
  }
  Task<Observation> observe(const Check& check, MonotonicTime) override {
    int status = 0;
    {
      const std::lock_guard lock(world_.mutex);
      status = world_.status[check.service.value()];
      ++world_.observed;
    }
    if (status == -2) {
      std::unique_lock lock(world_.mutex);
      world_.freed.wait(lock, [&] { return world_.released; });
    }
    boost::asio::steady_timer timer(loop_, status == 0 ? std::chrono::steady_clock::duration(1h) : 1ms);
    co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>());
    Observation observation;
    observation.started_at = SystemClock().now().wall;
    observation.total = 1ms;
    if (status == -1) {
      observation.error = ProbeError{Phase::dns, Reason::local_fault, "no answer from this machine's resolvers"};
      co_return observation;
    }
    HttpFacts facts;
    facts.status = status;
    observation.facts = std::move(facts);
    co_return observation;
  }

 private:
  boost::asio::io_context& loop_;
  World& world_;
};

// The kernel's clocks, on a machine that may fall asleep at a moment to come and whose wall clock may be set.
class SleepyClock final : public Clock {
 public:
  Instant now() const override {
    const std::lock_guard lock(mutex_);
    const Instant is = kernel_.now();
    return {is.wall + ahead_ + (is.monotonic >= falls_asleep_ ? sleeps_ : 0ms), is.monotonic};
  }
  nanoseconds suspended() const override {
    const std::lock_guard lock(mutex_);
    return kernel_.now().monotonic >= falls_asleep_ ? sleeps_ : 0ms;
  }
  void sleep_at(MonotonicTime at, milliseconds slept) {
    const std::lock_guard lock(mutex_);
    falls_asleep_ = at;
    sleeps_ = slept;
  }
  void set_ahead(milliseconds ahead) {
    const std::lock_guard lock(mutex_);
    ahead_ = ahead;
  }

 private:
  SystemClock kernel_;
  mutable std::mutex mutex_;
  MonotonicTime falls_asleep_ = MonotonicTime::max();
  milliseconds sleeps_{0}, ahead_{0};
};

std::shared_ptr<const Service> service_of(const std::string& id, milliseconds interval) {
  auto check = std::make_shared<Check>();
  check->service = ServiceId(id);
  check->id = CheckId(id);
  check->target = HttpTarget{};
  check->expect = CopyOnWrite(Expectations{});
  check->interval = interval;
  check->confirm = {2, 1, 5ms};
  auto service = std::make_shared<Service>();
  service->id = ServiceId(id);
  service->name = id;
  service->checks = {std::move(check)};
  return service;
}

std::shared_ptr<const Service> heartbeat(const std::string& id, milliseconds interval, milliseconds grace) {
  auto service = std::make_shared<Service>(*service_of(id, interval));
  auto check = std::make_shared<Check>(*service->checks[0]);
  HeartbeatTarget target;
  target.grace = grace;
  check->target = target;
  check->confirm.down = 1;
  service->checks = {std::move(check)};
  return service;
}

class MonitorTest : public testing::Test {
 protected:
  std::unique_ptr<Monitor> start(Pace pace = Pace::continuous, std::function<void()> on_idle = {}) {
    MonitorOptions options;
    options.probe_loops = 2;
    options.writer.group = 5ms;
    options.pace = pace;
    options.on_idle = std::move(on_idle);
    auto monitor = std::make_unique<Monitor>(
        options, clock_, store_,
        [this](boost::asio::io_context& loop) { return std::make_unique<WorldProbe>(loop, world_); }, log_);
    monitor->start(catalogue({"a", "b"}), *store_.load());
    return monitor;
  }

  static std::shared_ptr<const Catalogue> catalogue(const std::vector<std::string>& ids) {
    auto catalogue = std::make_shared<Catalogue>();
    for (const std::string& id : ids) {
      catalogue->version += id;
      catalogue->services.push_back(service_of(id, 20ms));
    }
    return catalogue;
  }

  void set(const std::string& service, int status) {
    const std::lock_guard lock(world_.mutex);
    world_.status[service] = status;
  }

  // Polls the published snapshot: it has no other way to tell.
  static bool wait_for(const Monitor& monitor, const std::function<bool(const Snapshot&)>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (condition(*monitor.snapshot())) return true;
      std::this_thread::yield();
    }
    return false;
  }

  SleepyClock clock_;
  store::MemoryStore store_;
  World world_;
  test::RecordingLog log_;
};

TEST_F(MonitorTest, R26_AProbeThatHoldsItsLoopUpIsNoProgress) {
  set("a", -2);
  const auto monitor = start();
  const auto until = [&](bool wanted) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (monitor->makes_progress() != wanted && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(10ms);
    return monitor->makes_progress() == wanted;
  };
  EXPECT_TRUE(until(false)) << "the watchdog would be fed though nothing is checked";
  EXPECT_TRUE(monitor->decides()) << "a reload would not wait for the store";
  {
    const std::lock_guard lock(world_.mutex);
    world_.released = true;
    world_.status["a"] = 200;
  }
  world_.freed.notify_all();
  EXPECT_TRUE(until(true));
}

TEST(ProbeLoops, ChecksOfServicesWithOneCheckAreSpreadOverAll) {
  for (const std::size_t loops : {2U, 3U, 4U, 8U, 16U}) {
    std::vector<int> on(loops);
    for (int i = 0; i < 1'000; ++i) {
      const std::string id = "service-" + std::to_string(i);
      ++on[std::hash<CheckKey>{}({ServiceId(id), CheckId(id), LocationId("local")}) % loops];
    }
    EXPECT_GT(*std::min_element(on.begin(), on.end()), 500 / static_cast<int>(loops)) << loops;
  }
}

TEST_F(MonitorTest, CarriesAResultThroughToTheStoreAndTheSnapshot) {
  set("a", 200);
  set("b", 500);
  const auto monitor = start();
  EXPECT_TRUE(wait_for(*monitor, [](const Snapshot& now) {
    return now.services[0].state.verdict == Verdict::up && now.services[1].state.verdict == Verdict::down &&
           now.services[1].open_incident != nullptr;
  }));
  EXPECT_TRUE(monitor->makes_progress());
  const auto stored = store_.load();
  ASSERT_EQ(stored->open_incidents.size(), 1u) << "what is shown was committed before";
  EXPECT_EQ(stored->open_incidents.front().service, ServiceId("b"));
}

TEST_F(MonitorTest, AnOperationIsAnsweredWhenItIsStored) {
  set("a", 200);
  set("b", 500);
  const auto monitor = start();
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.services[1].open_incident != nullptr; }));
  const IncidentId id = monitor->snapshot()->services[1].open_incident->id;
  std::promise<OperationResult> acknowledged, unknown;
  monitor->operate({Acknowledge{id}, "anna"}, [&](OperationResult result) {
    const auto stored = store_.incident(id);  // on the engine's thread, right when it is told
    EXPECT_TRUE(stored && *stored && (*stored)->acknowledged_at);
    acknowledged.set_value(std::move(result));
  });
  monitor->operate({Acknowledge{IncidentId("NOSUCH")}, "anna"},
                   [&](OperationResult result) { unknown.set_value(std::move(result)); });
  const OperationResult result = acknowledged.get_future().get();
  EXPECT_EQ(result.outcome, OperationOutcome::done);
  EXPECT_EQ(result.incident->acknowledged_by, "anna");
  EXPECT_EQ(unknown.get_future().get().outcome, OperationOutcome::not_found);
}

// It slept from just before the heartbeat's deadline: what wakes it may be that deadline itself.
TEST_F(MonitorTest, R10_ASuspendOfEightHoursIsNoticedBeforeAnythingIsJudged) {
  constexpr milliseconds interval{200}, grace{1'000};
  set("a", 200);
  const auto monitor = start();
  auto both = std::make_shared<Catalogue>(*catalogue({"a"}));
  both->services.push_back(heartbeat("backup", interval, grace));
  monitor->reload(std::move(both), {});
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) {
    return now.services[0].state.verdict == Verdict::up && now.services[1].service->id == ServiceId("backup");
  }));
  const Instant before_ping = clock_.now();
  clock_.sleep_at(before_ping.monotonic + interval + grace, 8h);
  monitor->operate({Ping{ServiceId("backup"), PingKind::success, 0, "", ""}, "cron"}, [](const OperationResult&) {});
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.services[1].state.verdict == Verdict::down; }));
  const milliseconds clock_drift{10};
  const auto snapshot = monitor->snapshot();
  EXPECT_GE(snapshot->services[1].state.since, before_ping.wall + interval + grace + 8h + grace - clock_drift)
      << "its grace anew";
  EXPECT_EQ(snapshot->services[0].state.verdict, Verdict::up);
  EXPECT_GE(snapshot->monitor.skipped_suspend, 8U * 3'600 * 50) << "of the check that runs each 20 ms";
  const auto told = log_.all("resumed");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].fields.at("slept_ms"), std::to_string(milliseconds(8h).count()));
}

TEST_F(MonitorTest, R10_ASuspendIsNoticedWhereNothingElseHappens) {
  const auto monitor = start();
  monitor->reload(catalogue({}), {});
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.services.size() == 0; }));
  clock_.sleep_at(clock_.now().monotonic + 300ms, 8h);  // when also the last commit was told
  EXPECT_TRUE(wait_for(*monitor, [&](const Snapshot&) { return log_.all("resumed").size() == 1; }));
}

TEST_F(MonitorTest, R10_AWallClockThatIsSetIsNoSuspend) {
  set("a", 200);
  set("b", 200);
  const auto monitor = start();
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.monitor.results >= 2; }));
  clock_.set_ahead(8h);
  const std::uint64_t results = monitor->snapshot()->monitor.results;
  ASSERT_TRUE(wait_for(*monitor, [&](const Snapshot& now) { return now.monitor.results >= results + 10; }));
  EXPECT_TRUE(log_.all("resumed").empty());
}

TEST_F(MonitorTest, R12_AFaultOfItsOwnIsLoggedAlsoWhileEverythingWasUnknownBefore) {
  set("a", -1);
  set("b", -1);
  auto monitor = start();
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.monitor.results >= 10; }));
  EXPECT_EQ(monitor->snapshot()->services[0].state.verdict, Verdict::unknown);
  monitor.reset();
  EXPECT_TRUE(log_.all("service_changed").empty());
  const auto told = log_.all("local_fault");
  ASSERT_EQ(told.size(), 1U) << "at most once a minute";
  EXPECT_EQ(told[0].level, LogLevel::warning);
  EXPECT_EQ(told[0].fields.at("phase"), "dns");
  EXPECT_NE(told[0].fields.at("detail").find("no answer from this machine's resolvers"), std::string::npos);
}

TEST_F(MonitorTest, R20_AReloadKeepsWhatStaysAndDropsWhatIsGone) {
  set("a", 200);
  set("b", 500);
  const auto monitor = start();
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.services[1].open_incident != nullptr; }));
  set("c", 200);
  monitor->config_failed("allclear.yaml:3:1: unknown key");
  EXPECT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return !now.monitor.config_error.empty(); }));
  monitor->reload(catalogue({"a", "c"}), {});
  EXPECT_TRUE(wait_for(*monitor, [](const Snapshot& now) {
    return now.services.size() == 2 && now.services[1].service->id == ServiceId("c") &&
           now.services[1].state.verdict == Verdict::up && now.monitor.config_error.empty();
  }));
  EXPECT_EQ(monitor->snapshot()->services[0].state.verdict, Verdict::up);
}

TEST_F(MonitorTest, R21_StoppingCancelsProbesAndLeavesNoResultOfThem) {
  set("a", 0);
  set("b", 0);
  auto monitor = start();
  ASSERT_TRUE(wait_for(*monitor, [](const Snapshot& now) { return now.monitor.in_flight == 2; }));
  const auto began = std::chrono::steady_clock::now();
  monitor.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  const auto stored = store_.load();
  for (const StoredCheck& check : stored->checks) EXPECT_EQ(check.state.last_at, WallTime{});
}

TEST_F(MonitorTest, ASinglePassRunsWhatIsDueWithItsRetriesAndThenIsIdle) {
  set("a", 200);
  set("b", 500);
  std::mutex mutex;
  std::condition_variable changed;
  bool idle = false;
  auto monitor = start(Pace::single_pass, [&] {
    const std::lock_guard lock(mutex);
    idle = true;
    changed.notify_all();
  });
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return idle; }));
  }
  monitor.reset();
  EXPECT_EQ(world_.observed, 3) << "one for a, one and its quick retry for b";
  EXPECT_EQ(store_.load()->open_incidents.size(), 1u);
}

}  // namespace
}  // namespace allclear::runtime
