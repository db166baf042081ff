#include "runtime/probe_loop.h"

#include <exception>

#include <boost/asio/post.hpp>

#include "core/rules/evaluate.h"

namespace allclear::runtime {
namespace {

constexpr seconds patience_at_stop{3};
constexpr seconds pulse_period{1};
constexpr seconds longest_look{8};

CheckResult own_fault(WallTime at, const char* what) {
  CheckResult result;
  result.at = at;
  result.reason = Reason::local_fault;
  result.phase = Phase::local;
  result.detail = std::string("the probe failed: ") + what;
  return result;
}

// One word for whatever the targets said.
std::string cause_of(const Observation& observation) {
  const bool told = observation.error && observation.error->reason == Reason::local_fault;
  return told ? observation.error->detail : "this monitor stood still during checks";
}

}  // namespace

ProbeLoop::ProbeLoop(const MakeProbe& make_probe, const Clock& clock, Reports reports)
    : clock_(clock),
      reports_(std::move(reports)),
      work_(loop_.get_executor()),
      probe_(make_probe(loop_)),
      mailbox_(loop_,
               [this](std::vector<StartProbe>& commands) {
                 for (StartProbe& command : commands) in_flight_.spawn(run(std::move(command)));
               }),
      errands_(loop_,
               [this](std::vector<GatherEvidence>& commands) {
                 for (GatherEvidence& command : commands) in_flight_.spawn(run(std::move(command)));
               }),
      last_turn_ns_(clock_.now().monotonic.time_since_epoch().count()),
      pulse_(std::in_place, loop_, pulse_period,
             [this] { last_turn_ns_ = clock_.now().monotonic.time_since_epoch().count(); }),
      thread_([this] { loop_.run(); }) {}

void ProbeLoop::cancel() {
  boost::asio::post(loop_, [this] { cancel_all(); });
}

ProbeLoop::~ProbeLoop() {
  cancel();
  thread_.join();
  if (!in_flight_.empty()) {
    // A probe that does not end when cancelled may still refer to its resources: they are left to the process's end.
    (void)probe_.release();
  }
}

void ProbeLoop::start(StartProbe command) { mailbox_.put(std::move(command)); }

void ProbeLoop::look_around(GatherEvidence command) { errands_.put(std::move(command)); }

Task<void> ProbeLoop::run(StartProbe command) {
  const Instant began = clock_.now();
  const MonotonicTime deadline = began.monotonic + command.check->timeout;
  CheckResult result;
  std::string fault_of_ours;
  try {
    const Observation observation = co_await probe_->observe(*command.check, deadline);
    result = evaluate(*command.check, observation);
    if (result.reason == Reason::local_fault) fault_of_ours = cause_of(observation);
  } catch (const std::exception& fault) {  // cancelled, or a third party's surprise: ours, not the target's
    result = own_fault(began.wall, fault.what());
    fault_of_ours = fault.what();
  }
  if (in_flight_.ending()) co_return;
  reports_.finished(
      {command.key, std::move(result), began.monotonic - command.due, command.flight, std::move(fault_of_ours)});
}

Task<void> ProbeLoop::run(GatherEvidence command) {
  const MonotonicTime deadline = clock_.now().monotonic + longest_look;
  Evidence evidence;
  try {
    evidence = co_await probe_->gather(*command.check, deadline);
  } catch (const std::exception&) {  // then nothing was seen
  }
  if (in_flight_.ending()) co_return;
  reports_.looked_around({command.key, std::move(evidence)});
}

void ProbeLoop::cancel_all() {
  work_.reset();
  pulse_.reset();
  in_flight_.end(patience_at_stop, [this] { loop_.stop(); });
}

}  // namespace allclear::runtime
