#include "core/engine/commit_queue.h"

#include <algorithm>
#include <iterator>

#include "core/rules/grouping.h"
#include "core/rules/refusal.h"

namespace allclear {
namespace {

bool quiet(const Decision& decision) {
  return !decision.urgent() && !decision.state.has_value() && !decision.service_state.has_value();
}

std::size_t count_quiet(const std::deque<Decision>& decisions) {
  return static_cast<std::size_t>(std::count_if(decisions.begin(), decisions.end(), quiet));
}

// No version stands for it: what groups and refusals say, and what people plan.
bool stands_aside(const Decision& decision) {
  return decision.plan || (decision.incident && (is_group(*decision.incident) || is_refusal(*decision.incident)));
}

}  // namespace

void CommitQueue::push(Decision decision) {
  if (quiet(decision)) ++ready_quiet_;
  ready_.push_back(std::move(decision));
  if (ready_quiet_ > quiet_limit) drop_oldest_quiet();
}

void CommitQueue::flush(MonotonicTime now, Commands& commands) {
  if (ready_.empty() || now < not_before_) return;
  Batch batch{next_seq_++, {std::make_move_iterator(ready_.begin()), std::make_move_iterator(ready_.end())}};
  ready_.clear();
  ready_quiet_ = 0;
  const bool urgent = std::any_of(batch.decisions.begin(), batch.decisions.end(),
                                  [](const Decision& decision) { return decision.urgent(); });
  commands.emplace_back(Commit{batch.seq, batch.decisions, urgent, resumes_});
  resumes_ = false;
  outstanding_decisions_ += batch.decisions.size();
  outstanding_.push_back(std::move(batch));
}

void CommitQueue::committed(std::uint64_t seq) {
  while (!outstanding_.empty() && outstanding_.front().seq <= seq) {
    outstanding_decisions_ -= outstanding_.front().decisions.size();
    outstanding_.pop_front();
    failures_ = 0;
  }
}

bool CommitQueue::failed(std::uint64_t seq) {
  if (outstanding_.empty() || seq < outstanding_.front().seq) return false;
  std::deque<Decision> all;
  for (Batch& batch : outstanding_) std::move(batch.decisions.begin(), batch.decisions.end(), std::back_inserter(all));
  std::move(ready_.begin(), ready_.end(), std::back_inserter(all));
  ready_ = std::move(all);
  ready_quiet_ = count_quiet(ready_);
  outstanding_.clear();
  outstanding_decisions_ = 0;
  resumes_ = true;
  ++failures_;
  return true;
}

std::vector<Decision> CommitQueue::take(const ServiceSet& services) {
  std::vector<Decision> taken;
  std::deque<Decision> rest;
  for (Decision& decision : ready_) {
    if (services.contains(decision.service) && !stands_aside(decision))
      taken.push_back(std::move(decision));
    else
      rest.push_back(std::move(decision));
  }
  ready_ = std::move(rest);
  ready_quiet_ = count_quiet(ready_);
  return taken;
}

bool CommitQueue::withdraw_end(const IncidentId& incident) {
  const auto removed = std::erase_if(ready_, [&](const Decision& decision) {
    return decision.incident && decision.incident->id == incident && !decision.incident->open();
  });
  return removed > 0;
}

void CommitQueue::back_off(MonotonicTime now) {
  const int doublings = std::clamp(failures_ - 1, 0, 5);
  not_before_ = now + std::min(seconds(1) * (1 << doublings), seconds(30));
}

MonotonicTime CommitQueue::retry_at() const { return ready_.empty() ? MonotonicTime::max() : not_before_; }

// A tenth at once, so that the walk through the queue is paid for rarely.
void CommitQueue::drop_oldest_quiet() {
  std::size_t left = quiet_limit / 10;
  std::deque<Decision> kept;
  for (Decision& decision : ready_) {
    if (left > 0 && quiet(decision))
      --left;
    else
      kept.push_back(std::move(decision));
  }
  dropped_ += quiet_limit / 10;
  ready_quiet_ -= quiet_limit / 10;
  ready_ = std::move(kept);
}

}  // namespace allclear
