// ProbeLoop: one thread, one event loop, one probe; shares nothing with other loops. Carries out StartProbe and
// GatherEvidence, and judges what was seen, so that bodies never leave this thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "core/engine/command.h"
#include "core/model/check_result.h"
#include "core/ports/clock.h"
#include "core/ports/probe.h"
#include "runtime/mailbox.h"
#include "runtime/tasks_in_flight.h"
#include "runtime/ticker.h"

namespace allclear::runtime {

struct ProbeFinished {
  CheckKey key;
  CheckResult result;
  nanoseconds lateness{0};   // real start minus due
  std::uint64_t flight = 0;  // of the StartProbe
  std::string own_fault;     // of a local_fault: what happened, without the target
};

struct LookedAround {
  CheckKey key;
  Evidence evidence;
};

using MakeProbe = std::function<std::unique_ptr<Probe>(boost::asio::io_context&)>;

class ProbeLoop {
 public:
  struct Reports {  // called on this loop's thread
    std::function<void(ProbeFinished)> finished;
    std::function<void(LookedAround)> looked_around;
  };
  ProbeLoop(const MakeProbe& make_probe, const Clock& clock, Reports reports);
  // Cancels what is in flight (no results), waits at most 3 s for it to end, joins the thread.
  ~ProbeLoop();
  ProbeLoop(const ProbeLoop&) = delete;
  ProbeLoop& operator=(const ProbeLoop&) = delete;

  void start(StartProbe command);            // any thread
  void look_around(GatherEvidence command);  // any thread
  // When this loop last had a turn for what is due by its clock. Any thread.
  MonotonicTime last_turn() const { return MonotonicTime(nanoseconds(last_turn_ns_.load())); }
  // Begins to end: what is in flight is cancelled and gives no result. Any thread; the destructor waits for it.
  void cancel();

 private:
  Task<void> run(StartProbe command);
  Task<void> run(GatherEvidence command);
  void cancel_all();

  const Clock& clock_;
  const Reports reports_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<LoopExecutor> work_;
  std::unique_ptr<Probe> probe_;
  TasksInFlight in_flight_{loop_};
  Mailbox<StartProbe> mailbox_;
  Mailbox<GatherEvidence> errands_;
  std::atomic<std::int64_t> last_turn_ns_;
  std::optional<Ticker> pulse_;
  std::thread thread_;
};

}  // namespace allclear::runtime
