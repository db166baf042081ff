// The runtime's part, played: probes take their time and get lost, commits go in groups and fail.
#include <algorithm>

#include <fmt/format.h>

#include "tests/sim/simulation.h"
#include "tests/support/builders.h"

namespace allclear::sim {

void Simulation::carry_out(const WakeAt& wake) { wake_ = wake.at; }

void Simulation::carry_out(const StartProbe& probe) {
  const CheckKey key = probe.key;
  const WallTime started = wall_now();
  const milliseconds asked = since_start();
  const std::uint64_t slept_before = suspends_;
  milliseconds takes = random_.time_between(milliseconds(1), std::min(probe.check->timeout, milliseconds(seconds(3))));
  note(fmt::format("probe {}/{}", key.service.value(), key.check.value()));
  if (breaks(200)) return;  // lost with its loop
  if (breaks(100)) return at(takes, [this, key] { send(Abandoned{key}); });
  if (breaks(100)) takes += seconds(45);  // late
  at(takes, [this, key, started, asked, slept_before, flight = probe.flight] {
    // Connections do not survive a sleep.
    const Verdict seen = suspends_ != slept_before ? Verdict::down : world_.behaviour(key, asked);
    deliver({key, test::make_result(seen, started), flight});
  });
}

void Simulation::deliver(const Observed& observed) {
  note(fmt::format("result {}/{} {}", observed.key.service.value(), observed.key.check.value(),
                   to_string(observed.result.verdict)));
  if (breaks(50)) at(random_.time_between(milliseconds(1), seconds(20)), [this, observed] { send(observed); });
  send(observed);
}

void Simulation::carry_out(const Commit& commit) {
  if (refuses_until_resumed_ && !commit.resumes) return;
  if (commit.resumes) refuses_until_resumed_ = false;
  unwritten_.push_back(commit);
  if (write_planned_ && !commit.urgent) return;
  write_planned_ = true;
  at(commit.urgent ? milliseconds(1) : random_.time_between(milliseconds(1), milliseconds(500)), [this] { write(); });
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
  if (chaos_ && now_ < store_broken_until_) return report_failure(first, {CommitFault::unavailable, {}, "broken"});
  const auto stored = store_.commit(group);
  if (!stored) return report_failure(first, stored.error());
  for (const Decision& decision : group) auditor_.committed(decision);
  note(fmt::format("stored {} decisions up to {}", group.size(), last));
  if (breaks(300)) return crash();
  if (breaks(300)) return report_failure(last, {CommitFault::unavailable, {}, "the answer was lost"});
  at(milliseconds(1), [this, last] { send(Committed{last}); });
}

void Simulation::report_failure(std::uint64_t seq, const CommitError& error) {
  note(fmt::format("commit {} fails", seq));
  refuses_until_resumed_ = true;
  // All that is stored: more than the engine asks for, and it must not mind.
  const CommitFailed failed{seq, error, *store_.load()};
  at(milliseconds(1), [this, failed] { send(failed); });
}

}  // namespace allclear::sim
