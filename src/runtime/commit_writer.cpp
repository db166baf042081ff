#include "runtime/commit_writer.h"

#include <algorithm>

namespace allclear::runtime {
namespace {

constexpr seconds longest_wait{10};

}  // namespace

CommitWriter::CommitWriter(CheckLog& store, const Clock& clock, CommitWriterOptions options, Report report, Log& log)
    : store_(store), clock_(clock), options_(options), report_(std::move(report)), log_(log), thread_([this] { run(); }) {}

CommitWriter::~CommitWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void CommitWriter::put(Commit commit) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = waiting_.empty() || commit.urgent;
    urgent_ = urgent_ || commit.urgent;
    waiting_.push_back({std::move(commit), {}, clock_.now().monotonic});
  }
  if (wake) wake_.notify_one();
}

void CommitWriter::perform(StoreWork work) {
  {
    const std::lock_guard lock(mutex_);
    urgent_ = true;
    waiting_.push_back({{}, std::move(work), clock_.now().monotonic});
  }
  wake_.notify_one();
}

CommitWriterFacts CommitWriter::facts() const {
  const auto busy_since = busy_since_ns_.load();
  const MonotonicTime now = clock_.now().monotonic;
  const std::lock_guard lock(mutex_);
  const bool stuck = busy_since != 0 && now - MonotonicTime(nanoseconds(busy_since)) > longest_wait;
  const bool late = !waiting_.empty() && now - waiting_.front().since > longest_wait;
  return {commits_.load(), faults_.load(), !stuck && !late};
}

bool CommitWriter::ready(MonotonicTime now) const {
  return stopping_ || urgent_ || (!waiting_.empty() && now - waiting_.front().since >= options_.group);
}

std::vector<CommitWriter::Item> CommitWriter::take(std::unique_lock<std::mutex>& lock) {
  while (true) {
    const MonotonicTime now = clock_.now().monotonic;
    if (ready(now)) break;
    const nanoseconds until_upkeep = last_upkeep_ + options_.upkeep - now;
    if (until_upkeep <= nanoseconds(0)) break;
    const nanoseconds until_group = waiting_.empty() ? until_upkeep : waiting_.front().since + options_.group - now;
    wake_.wait_for(lock, std::min(until_upkeep, until_group));
  }
  std::vector<Item> items;
  if (!ready(clock_.now().monotonic)) return items;
  std::size_t decisions = 0;
  // Work on the store stands alone in its turn, so that the order of what was put is kept.
  while (!waiting_.empty() && decisions < options_.batch_limit) {
    const bool is_work = static_cast<bool>(waiting_.front().work);
    if (is_work && !items.empty()) break;
    decisions += waiting_.front().commit.decisions.size();
    items.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (is_work) break;
  }
  if (waiting_.empty()) urgent_ = false;
  return items;
}

void CommitWriter::run() {
  last_upkeep_ = clock_.now().monotonic;
  std::unique_lock lock(mutex_);
  while (true) {
    std::vector<Item> items = take(lock);
    if (items.empty() && stopping_ && waiting_.empty()) return;
    lock.unlock();
    busy_since_ns_ = clock_.now().monotonic.time_since_epoch().count();
    if (!items.empty()) store_batch(items);
    upkeep_when_due();
    busy_since_ns_ = 0;
    lock.lock();
  }
}

// After a failure the engine hands everything out anew in a commit that resumes; what it had handed out before must
// not be stored beside that.
bool CommitWriter::refuses(const Item& item) {
  if (item.commit.resumes) refusing_ = false;
  return refusing_;
}

void CommitWriter::store_batch(std::vector<Item>& items) {
  if (items.front().work) {
    items.front().work(store_);
    return;
  }
  std::erase_if(items, [this](const Item& item) { return refuses(item); });
  if (items.size() <= 1) return store_one_by_one(items);
  std::vector<Decision> decisions;
  for (const Item& item : items) decisions.insert(decisions.end(), item.commit.decisions.begin(), item.commit.decisions.end());
  const auto stored = store_.commit(decisions);
  if (stored) {
    ++commits_;
    report_(Committed{items.back().commit.seq});
  } else if (stored.error().fault == CommitFault::conflict) {
    store_one_by_one(items);  // what comes before the conflict is stored
  } else {
    fail(items.front(), stored.error());
  }
}

void CommitWriter::store_one_by_one(const std::vector<Item>& items) {
  for (const Item& item : items) {
    const auto stored = store_.commit(item.commit.decisions);
    if (!stored) return fail(item, stored.error());
    ++commits_;
    report_(Committed{item.commit.seq});
  }
}

void CommitWriter::fail(const Item& item, const CommitError& error) {
  ++faults_;
  refusing_ = true;
  const bool conflict = error.fault == CommitFault::conflict;
  log_.error("commit_failed", {{"fault", std::string(conflict ? "conflict" : "unavailable")}, {"error", error.message}});
  CommitFailed failed{item.commit.seq, error, {}};
  if (conflict) {
    auto reloaded = store_.load();
    if (!reloaded) {
      failed.error = {CommitFault::unavailable, {}, reloaded.error().message};
    } else {
      failed.reloaded = std::move(*reloaded);
    }
  }
  report_(std::move(failed));
}

void CommitWriter::upkeep_when_due() {
  const Instant now = clock_.now();
  if (now.monotonic - last_upkeep_ < options_.upkeep) return;
  last_upkeep_ = now.monotonic;
  if (const auto done = store_.upkeep(now.wall); !done) {
    ++faults_;
    log_.error("store_upkeep_failed", {{"error", done.error().message}});
  }
}

}  // namespace allclear::runtime
