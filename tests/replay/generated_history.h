// GeneratedHistory: a monitor's past in a moment: the production engine and evaluate on a virtual clock, over targets
// that behave by a script, stored as the runtime stores. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/model/observation.h"
#include "core/ports/store.h"

namespace allclear::replay_test {

// What the check sees when it starts at that time. Its `started_at` is filled in.
using Behaviour = std::function<Observation(const Check& check, WallTime at)>;

Observation answer(int status, milliseconds took = milliseconds(100));
Observation silence(Reason reason, milliseconds took);

class GeneratedHistory {
 public:
  GeneratedHistory(CheckLog& log, std::shared_ptr<const Catalogue> catalogue, Behaviour behave);

  // By a person, at that time of the run to come.
  void plan(WallTime at, std::function<Operation(const Engine& engine)> make);
  // A new process that goes on with what is stored, from `from` to `to`. What the log refuses is an exception.
  void run(WallTime from, WallTime to);

  std::size_t results() const { return results_; }

 private:
  using Action = std::function<void()>;

  void send(const Event& event);
  void carry_out(const Command& command, std::vector<Event>& answers);
  void store();
  Instant now() const;

  CheckLog& log_;
  std::shared_ptr<const Catalogue> catalogue_;
  Behaviour behave_;
  Engine engine_{EngineLimits{}};
  WallTime begin_;
  WallTime now_;
  WallTime wake_ = WallTime::max();
  std::multimap<WallTime, Action> appointments_;
  std::vector<Decision> unstored_;
  std::size_t results_ = 0;
};

}  // namespace allclear::replay_test
