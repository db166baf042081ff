// CommitWriter: the one thread that owns the store for writing. Groups quiet commits, lets urgent ones go at once,
// keeps their order, tells the engine what became durable. It does not know what a decision means.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "core/engine/command.h"
#include "core/engine/event.h"
#include "core/ports/clock.h"
#include "core/ports/store.h"

namespace allclear::runtime {

struct CommitWriterOptions {
  milliseconds group{500};       // quiet decisions wait this long for company: fewer written bytes per check
  milliseconds upkeep{1'000};    // between two calls of CheckLog::upkeep
  std::size_t batch_limit = 5'000;  // decisions in one transaction
};

struct CommitWriterFacts {
  std::uint64_t commits = 0;  // transactions
  std::uint64_t faults = 0;
  bool progress = true;       // nothing waits longer than 10 s
};

class CommitWriter {
 public:
  // Committed (with all before it) or CommitFailed (with all after it, until one resumes); on the writer's thread.
  using Report = std::function<void(Event)>;
  using StoreWork = std::function<void(CheckLog&)>;

  CommitWriter(CheckLog& store, const Clock& clock, CommitWriterOptions options, Report report, Log& log);
  // Commits what waits, then ends.
  ~CommitWriter();
  CommitWriter(const CommitWriter&) = delete;
  CommitWriter& operator=(const CommitWriter&) = delete;

  void put(Commit commit);       // any thread
  void perform(StoreWork work);  // any thread; after what was put before
  CommitWriterFacts facts() const;

 private:
  struct Item {
    Commit commit;
    StoreWork work;  // set: this is not a commit
    MonotonicTime since;
  };

  void run();
  bool ready(MonotonicTime now) const;  // with the lock held
  std::vector<Item> take(std::unique_lock<std::mutex>& lock);
  void store_batch(std::vector<Item>& items);
  void store_one_by_one(const std::vector<Item>& items);
  bool refuses(const Item& item);
  void fail(const Item& item, const CommitError& error);
  void upkeep_when_due();

  CheckLog& store_;
  const Clock& clock_;
  const CommitWriterOptions options_;
  const Report report_;
  Log& log_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> waiting_;
  bool urgent_ = false;
  bool stopping_ = false;
  bool refusing_ = false;  // the writer's thread only
  MonotonicTime last_upkeep_{};
  std::atomic<std::int64_t> busy_since_ns_{0};  // 0: idle
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> faults_{0};
  std::thread thread_;
};

}  // namespace allclear::runtime
