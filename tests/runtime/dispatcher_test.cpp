#include "runtime/dispatcher.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "adapters/store/memory/memory_store.h"
#include "runtime/system_clock.h"
#include "tests/support/recording_log.h"

namespace allclear::runtime {
namespace {

using std::chrono::hours;

// What channels were sent, in order; told from the dispatcher's thread.
class Ledger {
 public:
  void note(const std::string& what) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(what);
    changed_.notify_all();
  }
  bool wait_for(std::size_t lines) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(30), [&] { return lines_.size() >= lines; });
  }
  // What is asked for may have changed.
  void touch() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
  bool wait_until(const std::function<bool()>& reached) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(30), reached);
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class Told final : public Notifier {
 public:
  Told(Ledger& ledger, std::vector<Delivery> answers) : ledger_(ledger), answers_(std::move(answers)) {}
  Task<Delivery> send(const Notice& notice, MonotonicTime) override {
    ledger_.note(notice.alert.channel.value() + std::to_string(notice.alert.ordinal) + " " + notice.incident.title);
    if (answers_.empty()) co_return Delivery{};
    Delivery answer = answers_.front();
    answers_.erase(answers_.begin());
    co_return answer;
  }

 private:
  Ledger& ledger_;
  std::vector<Delivery> answers_;
};

class Hangs final : public Notifier {
 public:
  Hangs(boost::asio::io_context& loop, Ledger& ledger) : loop_(loop), ledger_(ledger) {}
  Task<Delivery> send(const Notice& notice, MonotonicTime) override {
    ledger_.note(notice.alert.channel.value() + " hangs");
    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                      LoopExecutor>
        timer(loop_.get_executor(), hours(1));
    co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>());
    co_return Delivery{};
  }

 private:
  boost::asio::io_context& loop_;
  Ledger& ledger_;
};

// The system's clock, and what the test adds to it.
class SetClock final : public Clock {
 public:
  Instant now() const override {
    const Instant real = clock_.now();
    return {real.wall + milliseconds(wall_ms_.load()), real.monotonic + milliseconds(passed_ms_.load())};
  }
  void set_wall(milliseconds by) { wall_ms_ += by.count(); }
  void pass(milliseconds time) {
    wall_ms_ += time.count();
    passed_ms_ += time.count();
  }

 private:
  SystemClock clock_;
  std::atomic<std::int64_t> wall_ms_{0}, passed_ms_{0};
};

class DispatcherTest : public testing::Test {
 protected:
  void owe(const std::string& channel, std::uint32_t ordinal, const std::string& of = "",
           std::optional<IncidentStep> step = {}) {
    Incident incident;
    incident.id = IncidentId("incident" + of);
    incident.service = ServiceId("shop" + of);
    incident.title = "Shop is down";
    incident.opened_at = clock_.now().wall;
    for (std::uint32_t i = 1; i <= 9; ++i) incident.timeline.push_back({i, incident.opened_at, {}, {}, "", "", ""});
    Alert alert;
    alert.id = AlertId(channel + of + std::to_string(ordinal));
    alert.incident = incident.id;
    alert.service = incident.service;
    alert.ordinal = ordinal;
    alert.channel = ChannelId(channel);
    alert.step = step.value_or(ordinal == 1 ? IncidentStep::opened : IncidentStep::updated);
    alert.created_at = alert.due_at = clock_.now().wall;
    Decision decision;
    decision.service = incident.service;
    decision.incident = incident;
    decision.alerts = {alert};
    ASSERT_TRUE(store_.commit({&decision, 1}));
  }

  std::unique_ptr<Dispatcher> dispatch(std::vector<Delivery> answers_of_ops = {}) {
    const auto make = [this, answers_of_ops](boost::asio::io_context& loop) {
      return [this, answers_of_ops, &loop](const Channel& channel) -> std::shared_ptr<Notifier> {
        if (channel.id == ChannelId("stuck")) return std::make_shared<Hangs>(loop, ledger_);
        return std::make_shared<Told>(ledger_,
                                      channel.id == ChannelId("ops") ? answers_of_ops : std::vector<Delivery>());
      };
    };
    DispatcherOptions options;
    options.on_settled = [this](const ChannelId& channel, const Delivery& delivery) {
      const std::string stored(to_string(state_of(channel.value() + "1")));
      settled_.push_back(channel.value() + " " + std::string(to_string(delivery.outcome)) + ", stored as " + stored);
      ledger_.touch();
    };
    auto dispatcher = std::make_unique<Dispatcher>(
        std::move(options), clock_, [this](const std::function<void(Outbox&)>& work) { work(store_), ledger_.touch(); },
        store_, make, log_);
    dispatcher->adopt({{{ChannelId("ops"), {}}, {ChannelId("stuck"), {}}}, std::make_shared<const Catalogue>(), ""});
    return dispatcher;
  }
  AlertState state_of(const std::string& id) {
    const auto record = store_.alert(AlertId(id));
    return *record ? (*record)->alert.state : AlertState::dead;
  }
  bool settles(const std::string& id, AlertState state) {
    return ledger_.wait_until([&] { return state_of(id) == state; });
  }

  SetClock clock_;
  store::MemoryStore store_;
  Ledger ledger_;
  test::RecordingLog log_;
  std::vector<std::string> settled_;  // touched on the dispatcher's thread, read once it has ended
};

TEST_F(DispatcherTest, R5_WhatCameOfATryIsToldOnceItIsStored) {
  owe("ops", 1);
  auto dispatcher = dispatch({{DeliveryOutcome::rejected, {}, "401"}});
  ASSERT_TRUE(settles("ops1", AlertState::dead));
  owe("stuck", 1);
  dispatcher->waker()();
  ASSERT_TRUE(ledger_.wait_for(2)) << "the dispatcher has been at work since";
  dispatcher.reset();
  EXPECT_EQ(settled_, std::vector<std::string>{"ops rejected, stored as dead"});
}

TEST_F(DispatcherTest, R5_AFallbackIsToldWhatAChannelRefuses) {
  const auto dispatcher = dispatch({{DeliveryOutcome::rejected, {}, "401"}});
  ChannelPolicy policy;
  policy.fallback = ChannelId("mail");
  dispatcher->adopt(
      {{{ChannelId("ops"), {}, policy}, {ChannelId("mail"), {}, {}}}, std::make_shared<const Catalogue>(), ""});
  owe("ops", 1);
  dispatcher->waker()();
  ASSERT_TRUE(ledger_.wait_for(2));
  EXPECT_EQ(ledger_.lines(), (std::vector<std::string>{"ops1 Shop is down", "mail1 Shop is down"}));
  EXPECT_TRUE(settles("ops1", AlertState::dead));
  EXPECT_TRUE(settles(alert_id(IncidentId("incident"), 1, ChannelId("mail")).value(), AlertState::sent));
}

TEST_F(DispatcherTest, R5_WhatFollowsARefusedOpeningIsNotTriedAndIsNoRefusal) {
  owe("ops", 1);
  owe("ops", 2);
  owe("ops", 3);
  auto dispatcher = dispatch({{DeliveryOutcome::rejected, {}, "401"}});
  dispatcher->waker()();
  ASSERT_TRUE(settles("ops3", AlertState::dead));
  ASSERT_TRUE(ledger_.wait_until([&] { return log_.all("alert_left_out").size() == 2; }));
  dispatcher.reset();
  EXPECT_EQ(ledger_.lines(), std::vector<std::string>{"ops1 Shop is down"});
  EXPECT_EQ(settled_, std::vector<std::string>{"ops rejected, stored as dead"}) << "the channel's refusal alone";
  EXPECT_EQ((*store_.alert(AlertId("ops3")))->alert.last_answer, "the opening was refused");
}

TEST_F(DispatcherTest, R5_WhoWasToldInTheSteadOfAChannelHearsTheEndThatIsLeftOutThere) {
  const auto dispatcher = dispatch({{DeliveryOutcome::rejected, {}, "401"}});
  ChannelPolicy policy;
  policy.fallback = ChannelId("mail");
  dispatcher->adopt(
      {{{ChannelId("ops"), {}, policy}, {ChannelId("mail"), {}, {}}}, std::make_shared<const Catalogue>(), ""});
  owe("ops", 1);
  owe("ops", 2, "", IncidentStep::resolved);
  dispatcher->waker()();
  ASSERT_TRUE(settles("ops2", AlertState::dead));
  EXPECT_TRUE(settles(alert_id(IncidentId("incident"), 2, ChannelId("mail")).value(), AlertState::sent));
  EXPECT_EQ(ledger_.lines(),
            (std::vector<std::string>{"ops1 Shop is down", "mail1 Shop is down", "mail2 Shop is down"}));
}

TEST_F(DispatcherTest, R9_AClockThatWasSetBackHoldsNoAlertBack) {
  owe("ops", 1);
  const auto dispatcher = dispatch({{DeliveryOutcome::retry_after, seconds(600), "busy"}});
  ASSERT_TRUE(ledger_.wait_until([&] {
    const auto record = store_.alert(AlertId("ops1"));
    return *record && (*record)->alert.tries == 1 && (*record)->alert.state == AlertState::owed;
  }));
  clock_.set_wall(-hours(1));
  clock_.pass(seconds(700));
  EXPECT_TRUE(ledger_.wait_for(2)) << "ten minutes have passed, whatever the wall clock says";
  EXPECT_TRUE(settles("ops1", AlertState::sent));
  EXPECT_EQ(log_.all("clock_set_back").size(), 1U);
}

TEST_F(DispatcherTest, R5_OneIncidentsStepsGoToAChannelInTheirOrder) {
  for (const std::uint32_t ordinal : {3U, 1U, 2U}) owe("ops", ordinal);
  const auto dispatcher = dispatch({{DeliveryOutcome::retry_after, milliseconds(0), "try again"}});
  ASSERT_TRUE(ledger_.wait_for(4));
  EXPECT_EQ(ledger_.lines(), (std::vector<std::string>{"ops1 Shop is down", "ops1 Shop is down", "ops2 Shop is down",
                                                       "ops3 Shop is down"}));
  EXPECT_TRUE(settles("ops3", AlertState::sent));
  EXPECT_EQ(log_.all("alert_put_off").size(), 1U);
}

TEST_F(DispatcherTest, R8_AChannelThatHangsDelaysNoOtherAndHoldsFewTries) {
  for (std::uint32_t i = 1; i <= 100; ++i) owe("stuck", 1, "-" + std::to_string(i));
  const auto dispatcher = dispatch();
  ASSERT_TRUE(ledger_.wait_for(16));
  owe("ops", 1);
  dispatcher->waker()();
  ASSERT_TRUE(settles("ops1", AlertState::sent));
  EXPECT_LE(ledger_.lines().size(), 16U + 7U + 1U) << "a batch, what may join it, and the other channel's";
}

TEST_F(DispatcherTest, R1_WhatWasBeingSentAtTheStopIsOwedAgainAfterItsLease) {
  owe("stuck", 1);
  auto dispatcher = dispatch();
  ASSERT_TRUE(ledger_.wait_for(1));
  const auto wake = dispatcher->waker();
  dispatcher.reset();
  wake();  // does nothing any more
  const auto again = store_.claim(clock_.now().wall + hours(1), seconds(1), 10, {});
  ASSERT_EQ(again->size(), 1U);
  EXPECT_EQ(again->at(0).id, AlertId("stuck1"));
  EXPECT_EQ(again->at(0).tries, 0U);
}

TEST_F(DispatcherTest, S7_WhatAReceiverEchoesIsStoredWithoutSecrets) {
  log_.mask("hunter2");
  owe("ops", 1);
  const auto dispatcher = dispatch({{DeliveryOutcome::rejected, milliseconds(0), "404: no /hook/hunter2 here"}});
  ASSERT_TRUE(settles("ops1", AlertState::dead));
  EXPECT_EQ((*store_.alert(AlertId("ops1")))->alert.last_answer, "404: no /hook/*** here");
}

TEST_F(DispatcherTest, WhoStoodInForAChannelThatLeftTheConfigHearsTheEnd) {
  owe("gone", 1);
  owe("gone", 2);
  owe("ops", 1);  // in the stead of the channel that is gone
  const auto dispatcher = dispatch();
  EXPECT_TRUE(settles(alert_id(IncidentId("incident"), 2, ChannelId("ops")).value(), AlertState::sent));
  EXPECT_TRUE(settles("gone2", AlertState::owed)) << "and it may come back";
}

TEST_F(DispatcherTest, AChannelThatIsNotNamedKeepsWhatItIsOwed) {
  owe("gone", 1);
  const auto dispatcher = dispatch();
  ASSERT_TRUE(settles("gone1", AlertState::owed));
  ASSERT_TRUE(ledger_.wait_until([&] { return !log_.all("alert_put_off").empty(); }));
  ASSERT_EQ(log_.all("alert_put_off").size(), 1U);
  EXPECT_EQ(log_.all("alert_put_off")[0].fields.at("answer"), "the config names no such channel");
}

}  // namespace
}  // namespace allclear::runtime
