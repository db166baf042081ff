// EngineDriver: an engine on a clock that the test turns, its commands sorted by kind. One thread.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.h"
#include "tests/support/builders.h"

namespace allclear::test {

// Every check was seen up a second ago: nobody is new.
inline StoredState all_up(const Catalogue& catalogue) {
  StoredState stored;
  for (const auto& service : catalogue.services) {
    CheckState state;
    state.verdict = Verdict::up;
    state.reason = Reason::ok;
    state.since = wall(-1'000'000);
    state.last_at = wall(-1'000);
    state.version = 1;
    stored.checks.push_back({{service->id, service->checks[0]->id, local_location()}, state});
    stored.services.push_back({service->id, Verdict::up, Reason::ok, false, state.since});
  }
  return stored;
}

class EngineDriver {
 public:
  explicit EngineDriver(EngineLimits limits = {}) : engine_(limits) {
    now_ = {wall(0), MonotonicTime(std::chrono::hours(1))};
  }

  void start(std::shared_ptr<const Catalogue> catalogue, StoredState stored = {}, Pace pace = Pace::continuous) {
    send(Started{std::move(catalogue), std::move(stored), pace});
  }
  void send(const Event& event) {
    Commands commands;
    engine_.on(event, now_, commands);
    for (Command& command : commands) std::visit([&](auto& one) { sort(std::move(one)); }, command);
  }
  void pass(milliseconds time) {
    now_.wall += time;
    now_.monotonic += time;
  }
  // Lets the time pass and serves every wake-up on the way.
  void run(milliseconds time) {
    const MonotonicTime end = now_.monotonic + time;
    while (wake_ <= end) {
      const auto step = std::max(wake_ - now_.monotonic, nanoseconds(0));
      pass(std::chrono::ceil<milliseconds>(step));
      wake_ = MonotonicTime::max();
      send(Due{});
    }
    if (now_.monotonic < end) pass(std::chrono::floor<milliseconds>(end - now_.monotonic));
  }
  void set_wall(milliseconds by) { now_.wall += by; }

  void observe(const CheckKey& key, Verdict verdict) { send(Observed{key, make_result(verdict, now_.wall)}); }
  void observe(const std::string& service, Verdict verdict) { observe(key_of(service), verdict); }
  // A probe that starts and ends now, without the schedule.
  void see(const std::string& service, const std::string& verdicts) {
    for (const char letter : verdicts) {
      pass(milliseconds(1'000));
      observe(service, verdict_of(letter));
    }
  }
  static CheckKey key_of(const std::string& service) {
    return {ServiceId(service), CheckId(service), local_location()};
  }

  std::vector<StartProbe> take_probes() { return std::exchange(probes_, {}); }
  std::vector<GatherEvidence> take_errands() { return std::exchange(errands_, {}); }
  std::vector<Reply> take_replies() { return std::exchange(replies_, {}); }
  std::vector<Commit> take_commits() { return std::exchange(commits_, {}); }
  std::vector<Decision> take_decisions() {
    std::vector<Decision> all;
    for (Commit& commit : take_commits()) {
      for (Decision& decision : commit.decisions) all.push_back(std::move(decision));
    }
    return all;
  }
  // The alerts of all decisions so far: "shop opened".
  std::vector<std::string> take_told() {
    std::vector<std::string> words;
    for (const Decision& decision : take_decisions()) {
      for (const Alert& alert : decision.alerts)
        words.push_back(alert.service.value() + " " + std::string(to_string(alert.step)));
    }
    return words;
  }
  void confirm_all() {
    for (const Commit& commit : take_commits()) send(Committed{commit.seq});
  }

  Engine& engine() { return engine_; }
  const Instant& now() const { return now_; }
  MonotonicTime wake() const { return wake_; }
  const EngineCounters& counters() const { return engine_.counters(); }
  const ServiceSnapshot& service(std::size_t index = 0) const { return engine_.services()[index]; }
  CheckState state_of(const std::string& service) const { return engine_.state_of(key_of(service)).value(); }

 private:
  void sort(StartProbe&& probe) { probes_.push_back(std::move(probe)); }
  void sort(Commit&& commit) { commits_.push_back(std::move(commit)); }
  void sort(WakeAt&& wake) { wake_ = wake.at; }
  void sort(GatherEvidence&& errand) { errands_.push_back(std::move(errand)); }
  void sort(Reply&& reply) { replies_.push_back(std::move(reply)); }

  Engine engine_;
  Instant now_;
  MonotonicTime wake_ = MonotonicTime::max();
  std::vector<StartProbe> probes_;
  std::vector<Commit> commits_;
  std::vector<Reply> replies_;
  std::vector<GatherEvidence> errands_;
};

}  // namespace allclear::test
