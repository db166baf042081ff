#include "tests/replay/generated_history.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/rules/evaluate.h"

namespace allclear::replay_test {
namespace {

constexpr std::size_t commit_size = 2'000;
constexpr milliseconds upkeep_period = std::chrono::minutes(10);
constexpr MonotonicTime clock_start{std::chrono::hours(1)};

}  // namespace

Observation answer(int status, milliseconds took) {
  Observation seen;
  seen.total = took;
  seen.timings.first_byte = took;
  HttpFacts facts;
  facts.status = status;
  seen.facts = std::move(facts);
  return seen;
}

Observation silence(Reason reason, milliseconds took) {
  Observation seen;
  seen.total = took;
  seen.error = ProbeError{Phase::connect, reason, "by the script"};
  return seen;
}

GeneratedHistory::GeneratedHistory(CheckLog& log, std::shared_ptr<const Catalogue> catalogue, Behaviour behave)
    : log_(log), catalogue_(std::move(catalogue)), behave_(std::move(behave)) {}

void GeneratedHistory::plan(WallTime at, std::function<Operation(const Engine& engine)> make) {
  appointments_.emplace(at, [this, make = std::move(make)] { send(Operated{make(engine_), 0}); });
}

void GeneratedHistory::run(WallTime from, WallTime to) {
  begin_ = now_ = from;
  wake_ = WallTime::max();
  engine_ = Engine(EngineLimits{});
  auto stored = log_.load();
  if (!stored || !log_.put_catalogue(*catalogue_, from)) throw std::runtime_error("the store does not begin");
  send(Started{catalogue_, std::move(*stored), Pace::continuous});
  WallTime upkeep = from + upkeep_period;
  while (true) {
    const WallTime appointed = appointments_.empty() ? WallTime::max() : appointments_.begin()->first;
    const WallTime next = std::min({wake_, appointed, upkeep});
    if (next >= to) break;
    now_ = std::max(now_, next);
    if (next == upkeep) {
      upkeep += upkeep_period;
      store();
      if (!log_.upkeep(now_)) throw std::runtime_error("upkeep failed");
    } else if (wake_ == next) {
      wake_ = WallTime::max();
      send(Due{});
    } else {
      const Action action = std::move(appointments_.begin()->second);
      appointments_.erase(appointments_.begin());
      action();
    }
  }
  store();
  appointments_.clear();
}

void GeneratedHistory::send(const Event& event) {
  Commands commands;
  std::vector<Event> answers;
  engine_.on(event, now(), commands);
  for (const Command& command : commands) carry_out(command, answers);
  for (const Event& each : answers) send(each);
}

void GeneratedHistory::carry_out(const Command& command, std::vector<Event>& answers) {
  if (const auto* probe = std::get_if<StartProbe>(&command)) {
    Observation seen = behave_(*probe->check, now_);
    seen.started_at = now_;
    const WallTime lands = now_ + std::chrono::ceil<milliseconds>(seen.total);
    appointments_.emplace(lands, [this, observed = Observed{probe->key, evaluate(*probe->check, seen), probe->flight}] {
      ++results_;
      send(observed);
    });
  } else if (const auto* commit = std::get_if<Commit>(&command)) {
    unstored_.insert(unstored_.end(), commit->decisions.begin(), commit->decisions.end());
    if (unstored_.size() >= commit_size) store();
    answers.emplace_back(Committed{commit->seq});
  } else if (const auto* wake = std::get_if<WakeAt>(&command)) {
    wake_ = begin_ + std::chrono::ceil<milliseconds>(wake->at - clock_start);
  }
}

void GeneratedHistory::store() {
  if (unstored_.empty()) return;
  if (const auto stored = log_.commit(unstored_); !stored) throw std::runtime_error(stored.error().message);
  unstored_.clear();
}

Instant GeneratedHistory::now() const { return {now_, clock_start + (now_ - begin_)}; }

}  // namespace allclear::replay_test
