// The runtime's part, played: probes take their time and get lost, commits go in groups and fail.
#include <algorithm>

#include <fmt/format.h>

#include "tests/sim/simulation.h"
#include "tests/support/builders.h"

namespace allclear::sim {
namespace {

CheckResult result_of(const Seen& seen, WallTime at) {
  CheckResult result = test::make_result(seen.verdict, at);
  result.reason = seen.reason;
  return result;
}

// What a reader of the trace looks for.
std::string news_in(const std::vector<Decision>& decisions) {
  std::string news;
  for (const Decision& decision : decisions) {
    if (decision.transition)
      news += fmt::format("; {} {} -> {}{}", decision.service.value(), to_string(decision.transition->from),
                          to_string(decision.transition->to), decision.transition->maintenance ? " (work)" : "");
    for (const Alert& alert : decision.alerts)
      news += fmt::format("; {} owed {} {} {}", alert.channel.value(), alert.service.value(), to_string(alert.step),
                          alert.ordinal);
  }
  return news;
}

}  // namespace

void Simulation::carry_out(const WakeAt& wake) { wake_ = wake.at; }

void Simulation::carry_out(const StartProbe& probe) {
  const CheckKey key = probe.key;
  note(fmt::format("probe {}/{}", key.service.value(), key.check.value()));
  if (mutant_.is(Mutation::hanging_channel_stops_checks) && channels_.any_hangs(since_start())) return;
  progress_.started(key, since_start());
  lost_.erase(key);
  const WallTime started = wall_now();
  const milliseconds asked = since_start();
  const std::uint64_t slept_before = suspends_;
  milliseconds takes = random_.time_between(milliseconds(1), std::min(probe.check->timeout, milliseconds(seconds(3))));
  if (world_.see(key, asked).reason == Reason::timeout) takes = probe.check->timeout;
  const bool is_anchor = key.service == monitor_service();  // theirs get through: too few answers suppress nothing
  // A place is left for those that come back: what waits for one is no fault.
  if (!is_anchor && lost_.size() + 1 < in_flight_limit_ && breaks(200)) {
    lost_.insert(key);  // with its loop
    return;
  }
  if (!is_anchor && breaks(100)) return at(takes, [this, key] { send(Abandoned{key}); });
  if (!is_anchor && breaks(100)) takes += seconds(45);  // late
  at(takes, [this, key, started, asked, slept_before, flight = probe.flight] {
    // Connections do not survive a sleep.
    const Seen seen = suspends_ != slept_before ? Seen{Verdict::down, Reason::refused} : world_.see(key, asked);
    deliver({key, result_of(seen, started), flight});
  });
}

void Simulation::carry_out(const GatherEvidence& errand) {
  const auto drawn = since_start().count();
  Evidence evidence;
  if (drawn % 2 == 0) evidence.names.push_back({"", {}, ProbeError{Phase::dns, Reason::nxdomain, ""}});
  if (drawn % 3 == 0) evidence.tries.push_back({"192.0.2.1:80", AddressFamily::ipv4, std::nullopt, {}});
  at(milliseconds(1 + drawn % 20'000),
     [this, key = errand.key, evidence] { send(EvidenceGathered{key, evidence}); });
}

void Simulation::deliver(const Observed& observed) {
  note(fmt::format("result {}/{} {}", observed.key.service.value(), observed.key.check.value(),
                   to_string(observed.result.verdict)));
  if (breaks(50)) at(random_.time_between(milliseconds(1), seconds(20)), [this, observed] { send(observed); });
  send(observed);
}

// As a decision leaves the engine.
void Simulation::watch(const Decision& decision) {
  storms_.emitted(decision, since_start(), wall_now());
  if (!decision.key || !decision.result) return;
  const auto& jobs = world_.jobs();
  if (std::find(jobs.begin(), jobs.end(), decision.service) == jobs.end()) return;
  const auto when = decision.result->at == wall_now() ? JobWatcher::When::now : JobWatcher::When::before;
  jobs_.judged(decision.service, *decision.result, when, since_start());
}

void Simulation::carry_out(const Commit& commit) {
  Commit taken = commit;
  for (Decision& decision : taken.decisions) {
    watch(decision);
    mutant_.spoil(decision);
    if (!mutant_.is(Mutation::told_before_stored)) continue;
    for (const Alert& alert : decision.alerts) deliveries_.arrived(alert);
  }
  if (refuses_until_resumed_ && !commit.resumes) return;
  if (commit.resumes) refuses_until_resumed_ = false;
  unwritten_.push_back(std::move(taken));
  if (write_planned_ && !commit.urgent) return;
  write_planned_ = true;
  at(commit.urgent ? milliseconds(1) : random_.time_between(milliseconds(1), milliseconds(500)), [this] { write(); });
}

void Simulation::carry_out(const allclear::Reply& reply) {
  const auto found = asked_.find(reply.ticket);
  if (found == asked_.end()) return;
  const Asked asked = std::move(found->second);
  asked_.erase(found);
  const bool done = reply.result.outcome == OperationOutcome::done;
  if (done && asked.acknowledges) {
    ++report_.acknowledged;
    auditor_.acknowledged(*asked.acknowledges, asked.reopened);
  }
  if (!done && !asked.acknowledges) jobs_.unsure(asked.service);
}

// Everything that waits is one transaction.
void Simulation::write() {
  write_planned_ = false;
  if (unwritten_.empty()) return;
  std::vector<Decision> group;
  const std::uint64_t first = unwritten_.front().seq;
  const std::uint64_t last = unwritten_.back().seq;
  for (Commit& commit : unwritten_)
    std::move(commit.decisions.begin(), commit.decisions.end(), std::back_inserter(group));
  unwritten_.clear();
  if (breaks(150)) store_broken_until_ = now_ + random_.time_between(milliseconds(1), seconds(60));
  if (!store_works()) return report_failure(first, {CommitFault::unavailable, {}, "broken"});
  const auto stored = store_.commit(group);
  if (!stored) return report_failure(first, stored.error());
  bool owes = false;
  for (const Decision& decision : group) {
    auditor_.committed(decision);
    deliveries_.committed(decision);
    owes |= !decision.alerts.empty();
  }
  auditor_.end_of_transaction();
  note(fmt::format("stored {} decisions up to {}{}", group.size(), last, news_in(group)));
  if (breaks(300)) return crash();
  if (owes && postmen_.contains(1)) postmen_.at(1)->look();
  if (breaks(300)) return report_failure(last, {CommitFault::unavailable, {}, "the answer was lost"});
  at(milliseconds(1), [this, last] { send(Committed{last}); });
}

void Simulation::report_failure(std::uint64_t seq, const CommitError& error) {
  note(fmt::format("commit {} fails", seq));
  way_open_since_ = since_start();
  if (error.fault == CommitFault::conflict) {
    escalations_.begin_anew();  // by what is stored, and as late at most
    auditor_.conflict(error.conflicting);
  }
  if (mutant_.is(Mutation::failed_commit_taken_as_stored))
    return at(milliseconds(1), [this, seq] { send(Committed{seq}); });
  refuses_until_resumed_ = true;
  // All that is stored: more than the engine asks for, and it must not mind.
  const CommitFailed failed{seq, error, *store_.load()};
  at(milliseconds(1), [this, failed] { send(failed); });
}

}  // namespace allclear::sim
