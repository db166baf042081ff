// A channel that is out for a day, in virtual time: the dispatcher, the rules and the SQLite store are the real ones; the
// clock jumps to whatever comes next, on the dispatcher's own thread, whenever that has nothing to do.
#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <map>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "core/rules/delivery.h"
#include "core/rules/incident_lifecycle.h"
#include "core/rules/routing.h"
#include "runtime/dispatcher.h"
#include "tests/contract/sqlite_fixture.h"
#include "tests/support/builders.h"

namespace allclear::runtime::channel_outage_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr seconds tick{1};  // of the dispatcher's looks at the outbox

class VirtualClock final : public Clock {
 public:
  Instant now() const override {
    const milliseconds passed{passed_ms_.load()};
    return {test::wall() + passed, MonotonicTime(std::chrono::hours(1)) + passed};
  }
  milliseconds passed() const { return milliseconds(passed_ms_.load()); }
  void set(milliseconds passed) { passed_ms_ = passed.count(); }

 private:
  std::atomic<std::int64_t> passed_ms_{0};
};

struct Try {
  milliseconds at;
  Alert alert;
  bool taken;
};

// What a channel's other side does: nothing gets through until then.
class Receiver final : public Notifier {
 public:
  Receiver(const VirtualClock& clock, milliseconds out_until, std::vector<Try>& tries)
      : clock_(clock), out_until_(out_until), tries_(tries) {}
  Task<Delivery> send(const Notice& notice, MonotonicTime) override {
    const bool taken = clock_.passed() >= out_until_;
    tries_.push_back({clock_.passed(), notice.alert, taken});
    co_return taken ? Delivery{} : Delivery{DeliveryOutcome::retry_after, milliseconds(0), "connection refused"};
  }

 private:
  const VirtualClock& clock_;
  const milliseconds out_until_;
  std::vector<Try>& tries_;
};

class ChannelOutage : public testing::Test {
 protected:
  ChannelOutage() {
    ChannelPolicy policy;
    policy.fallback = ChannelId("standby");
    policies_[ChannelId("hook")] = policy;
  }

  // The service's next confirmed state, `at` after the beginning.
  void plan(milliseconds at, const std::string& service, Verdict verdict) {
    agenda_.emplace(at, [this, at, service, verdict] { turn(service, verdict, test::wall() + at); });
  }

  // From the beginning to `end`.
  void live(milliseconds hook_out_until, milliseconds end) {
    std::promise<void> over;
    boost::asio::io_context* loop = nullptr;
    const auto make = [&](boost::asio::io_context& own) {
      loop = &own;
      return [&](const Channel& channel) -> std::shared_ptr<Notifier> {
        const bool out = channel.id == ChannelId("hook");
        return std::make_shared<Receiver>(clock_, out ? hook_out_until : milliseconds(0), tries_[channel.id]);
      };
    };
    DispatcherOptions options;
    options.look = hours(100'000);  // the clock's jumps wake it
    bool jumping = false;
    std::function<void()> wake;
    options.at_rest = [&] {
      if (std::exchange(jumping, true)) return;
      if (clock_.passed() >= end) return over.set_value();
      boost::asio::post(*loop, [&] {
        jumping = false;
        jump(end);
        wake();
      });
    };
    Dispatcher dispatcher(
        options, clock_, [this](const std::function<void(Outbox&)>& work) { work(*store_); }, *queries_, make, *log_);
    wake = dispatcher.waker();
    std::vector<Channel> channels;
    for (const char* id : {"hook", "standby", "mail"})
      channels.push_back({ChannelId(id), {}, policies_[ChannelId(id)]});
    dispatcher.adopt({channels, std::make_shared<const Catalogue>(), ""});
    over.get_future().wait();
  }

  // The steps that a channel took, in the order of their sending.
  std::vector<std::string> taken(const std::string& channel, const std::string& service) const {
    std::vector<std::string> lines;
    const auto found = tries_.find(ChannelId(channel));
    if (found == tries_.end()) return lines;
    for (const Try& one : found->second) {
      if (one.taken && one.alert.service == ServiceId(service)) lines.emplace_back(to_string(one.alert.step));
    }
    return lines;
  }
  std::vector<Try> tries_of(const std::string& channel, const std::string& service, IncidentStep step) const {
    std::vector<Try> found;
    for (const Try& one : tries_.at(ChannelId(channel))) {
      if (one.alert.service == ServiceId(service) && one.alert.step == step) found.push_back(one);
    }
    return found;
  }
  std::vector<Alert> ledger(AlertState state) {
    AlertQuery query;
    query.states = {state};
    query.limit = 1'000;
    std::vector<Alert> alerts;
    const auto page = queries_->alerts(query);
    for (const AlertRecord& record : page->alerts) alerts.push_back(record.alert);
    return alerts;
  }
  using Steps = std::vector<std::string>;

 private:
  void turn(const std::string& id, Verdict verdict, WallTime now) {
    Service service = test::make_service(id);
    service.alerts = std::vector{ChannelId("hook"), ChannelId("mail")};
    Standing& standing = standings_[id];
    Transition transition;
    transition.service = service.id;
    transition.from = standing.verdict;
    transition.to = verdict;
    transition.at = now - seconds(10);
    transition.confirmed_at = now;
    transition.reason = test::usual_reason(verdict);
    standing.verdict = verdict;
    auto update = advance_incident(service, standing.open, standing.last_resolved, transition, "");
    ASSERT_TRUE(update);
    Decision decision;
    decision.service = service.id;
    decision.alerts = route({*service.alerts, policies_}, *update, now);
    decision.incident = update->incident;
    standing.open = update->incident.open() ? std::optional(update->incident) : std::nullopt;
    if (!standing.open) standing.last_resolved = update->incident;
    ASSERT_TRUE(store_->commit({&decision, 1}));
  }

  // To the look of the dispatcher at which something is due, or the world turns.
  void jump(milliseconds end) {
    milliseconds next = agenda_.empty() ? end : std::min(end, agenda_.begin()->first);
    for (const Alert& alert : ledger(AlertState::owed)) next = std::min(next, alert.due_at - test::wall());
    clock_.set(std::max(std::chrono::ceil<seconds>(next), std::chrono::floor<seconds>(clock_.passed()) + tick));
    while (!agenda_.empty() && agenda_.begin()->first <= clock_.passed()) {
      agenda_.begin()->second();
      agenda_.erase(agenda_.begin());
    }
  }

  struct Standing {
    Verdict verdict = Verdict::up;
    std::optional<Incident> open, last_resolved;
  };

  const contract::TemporaryFolder folder_ = contract::TemporaryFolder::in_memory();
  const std::unique_ptr<Log> log_ = make_silent_log();
  const std::unique_ptr<store::SqliteStore> store_ = contract::open_store(folder_.file());
  const std::unique_ptr<Queries> queries_ = contract::open_queries(folder_.file());
  VirtualClock clock_;
  ChannelPolicies policies_;
  std::map<std::string, Standing> standings_;
  std::multimap<milliseconds, std::function<void()>> agenda_;
  std::map<ChannelId, std::vector<Try>> tries_;
};

// The waits between the tries of one alert: from one second to sixty, anywhere in them, all day long.
void expect_full_jitter(const std::vector<Try>& tries) {
  ASSERT_GE(tries.size(), static_cast<std::size_t>(hours(24) / (minutes(1) + tick)));
  milliseconds sum{0};
  for (std::size_t i = 1; i < tries.size(); ++i) {
    const milliseconds waited = tries[i].at - tries[i - 1].at;
    const milliseconds longest = i < 7 ? seconds(1) * (1 << (i - 1)) : minutes(1);
    EXPECT_LE(waited, longest + tick) << "before try " << i + 1;
    sum += waited;
  }
  const auto mean = sum / static_cast<std::int64_t>(tries.size() - 1);
  EXPECT_GT(mean, seconds(25)) << "half a minute, were it not for looking once a second";
  EXPECT_LT(mean, seconds(36));
  EXPECT_EQ(std::count_if(tries.begin(), tries.end(), [](const Try& one) { return one.taken; }), 1);
}

TEST_F(ChannelOutage, R5_ADayWithoutAChannelLosesNothingAndEachIncidentIsToldInOrder) {
  plan(seconds(0), "shop", Verdict::down);
  plan(hours(20), "search", Verdict::degraded);
  plan(hours(21), "search", Verdict::down);
  plan(hours(22), "search", Verdict::up);
  plan(hours(23), "cart", Verdict::down);
  plan(hours(23) + minutes(3), "cart", Verdict::up);
  plan(hours(23) + minutes(5), "cart", Verdict::down);  // reopened
  plan(hours(23) + minutes(20), "cart", Verdict::up);
  plan(hours(24) - minutes(3), "blog", Verdict::down);
  plan(hours(24) - minutes(2), "blog", Verdict::up);
  plan(hours(24) + minutes(30), "shop", Verdict::up);
  live(hours(24), hours(25));

  EXPECT_EQ(taken("hook", "shop"), (Steps{"opened", "resolved"}));
  EXPECT_EQ(taken("hook", "search"), Steps{"resolved"}) << "over for long: the recovery tells both";
  EXPECT_EQ(taken("hook", "cart"), Steps{"resolved"});
  EXPECT_EQ(taken("hook", "blog"), (Steps{"opened", "resolved"})) << "younger than five minutes: told one by one";
  for (const AlertState state : {AlertState::owed, AlertState::sending, AlertState::dead}) {
    EXPECT_TRUE(ledger(state).empty()) << to_string(state);
  }
  for (const auto& [service, step] : {std::pair("shop", IncidentStep::opened),
                                      {"search", IncidentStep::resolved},
                                      {"cart", IncidentStep::resolved},
                                      {"blog", IncidentStep::opened}}) {
    const milliseconds told = tries_of("hook", service, step).back().at;
    EXPECT_GE(told, hours(24)) << service;
    EXPECT_LE(told, hours(24) + minutes(1) + tick) << service;
  }
  expect_full_jitter(tries_of("hook", "shop", IncidentStep::opened));
  for (const auto& [service, steps] :
       std::map<std::string, Steps>{{"shop", {"opened", "resolved"}},
                                    {"search", {"opened", "escalated", "resolved"}},
                                    {"cart", {"opened", "resolved", "reopened", "resolved"}},
                                    {"blog", {"opened", "resolved"}}}) {
    EXPECT_EQ(taken("mail", service), steps) << "another channel is told as if nothing were";
    EXPECT_EQ(taken("standby", service), steps) << "and so is the fallback";
  }
}

TEST_F(ChannelOutage, R5_TheFallbackTellsAfterAMinute) {
  constexpr int incidents = 40;
  for (int i = 0; i < incidents; ++i) plan(seconds(i), "service-" + std::to_string(i), Verdict::down);
  live(hours(24), minutes(3));
  for (int i = 0; i < incidents; ++i) {
    const std::string service = "service-" + std::to_string(i);
    ASSERT_EQ(taken("standby", service), Steps{"opened"});
    const milliseconds after = tries_of("standby", service, IncidentStep::opened).front().at - seconds(i);
    EXPECT_LE(after, minutes(1) + tick) << service;
  }
}

TEST_F(ChannelOutage, R5_AfterADayItIsADeadLetterThatTheFallbackHasAndTheEndGoesThereToo) {
  plan(seconds(0), "shop", Verdict::down);
  plan(hours(25), "shop", Verdict::up);
  live(hours(26), hours(27));
  const std::vector<Alert> dead = ledger(AlertState::dead);
  ASSERT_EQ(dead.size(), 2U) << "its end is not told to who never heard of it";
  const auto opened =
      std::find_if(dead.begin(), dead.end(), [](const Alert& one) { return one.step == IncidentStep::opened; });
  ASSERT_NE(opened, dead.end());
  EXPECT_EQ(opened->last_answer, "given up after a day: connection refused");
  EXPECT_GT(tries_of("hook", "shop", IncidentStep::opened).back().at, hours(24));
  EXPECT_EQ(taken("hook", "shop"), Steps{});
  EXPECT_EQ(taken("standby", "shop"), (Steps{"opened", "resolved"}));
}

}  // namespace
}  // namespace allclear::runtime::channel_outage_test
