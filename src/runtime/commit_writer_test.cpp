#include "runtime/commit_writer.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/system_clock.h"

namespace allclear::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Decision decision_of(const std::string& service) {
  Decision decision;
  decision.service = ServiceId(service);
  return decision;
}

Commit commit_of(std::uint64_t seq, const std::string& service, bool urgent) {
  return Commit{seq, {decision_of(service)}, urgent};
}

// Records batches; refuses what a test asks for.
class RecordingStore final : public CheckLog {
 public:
  Result<StoredState> load() override {
    StoredState state;
    state.page_seq = 7;
    return state;
  }
  Result<void, CommitError> commit(std::span<const Decision> decisions) override {
    std::vector<std::string> services;
    for (const Decision& decision : decisions) services.push_back(decision.service.value());
    const std::lock_guard lock(mutex_);
    for (const std::string& service : services) {
      if (service == "stale") return tl::unexpected(CommitError{CommitFault::conflict, {ServiceId(service)}, "version 3, expected 2"});
      if (service == "refused") return tl::unexpected(CommitError{CommitFault::unavailable, {}, "disk full"});
    }
    batches_.push_back(services);
    return {};
  }
  Result<void> put_catalogue(const Catalogue&, WallTime) override { return {}; }
  Result<void> put_last_start(WallTime) override { return {}; }
  Result<void> put_page_seq(std::uint64_t) override { return {}; }
  Result<void> upkeep(WallTime) override { return {}; }

  std::vector<std::vector<std::string>> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::vector<std::string>> batches_;
};

// Collects reports until as many as a test waits for have come.
class Reports {
 public:
  CommitWriter::Report sink() {
    return [this](Event event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      changed_.notify_all();
    };
  }
  std::vector<Event> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 20s, [&] { return events_.size() >= count; }));
    return events_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;
};

class CommitWriterTest : public testing::Test {
 protected:
  std::unique_ptr<CommitWriter> make(milliseconds group) {
    CommitWriterOptions options;
    options.group = group;
    return std::make_unique<CommitWriter>(store_, clock_, options, reports_.sink(), *log_);
  }

  RecordingStore store_;
  SystemClock clock_;
  Reports reports_;
  std::unique_ptr<Log> log_ = make_silent_log();
};

TEST_F(CommitWriterTest, AnUrgentCommitGoesAtOnceAndTakesTheQuietOnesAlong) {
  const auto writer = make(1h);
  writer->put(commit_of(1, "a", false));
  writer->put(commit_of(2, "b", false));
  writer->put(commit_of(3, "c", true));
  EXPECT_EQ(std::get<Committed>(reports_.wait_for(1).front()).seq, 3u) << "all before it are durable too";
  EXPECT_THAT(store_.batches(), ElementsAre(ElementsAre("a", "b", "c")));
}

TEST_F(CommitWriterTest, QuietCommitsWaitForTheGroupOnly) {
  const auto writer = make(20ms);
  writer->put(commit_of(1, "a", false));
  EXPECT_EQ(std::get<Committed>(reports_.wait_for(1).front()).seq, 1u);
}

TEST_F(CommitWriterTest, WhatWaitsIsCommittedBeforeTheEnd) {
  auto writer = make(1h);
  writer->put(commit_of(1, "a", false));
  writer.reset();
  EXPECT_THAT(store_.batches(), ElementsAre(ElementsAre("a")));
}

TEST_F(CommitWriterTest, AConflictStopsTheOrderUntilTheEngineResumes) {
  const auto writer = make(1h);
  writer->put(commit_of(1, "a", false));
  writer->put(commit_of(2, "stale", false));
  writer->put(commit_of(3, "c", true));
  const auto events = reports_.wait_for(2);
  EXPECT_EQ(std::get<Committed>(events[0]).seq, 1u);
  const auto& failed = std::get<CommitFailed>(events[1]);
  EXPECT_EQ(failed.seq, 2u);
  EXPECT_EQ(failed.error.fault, CommitFault::conflict);
  EXPECT_EQ(failed.reloaded.page_seq, 7u) << "the engine needs what is stored now";
  Commit resumed = commit_of(4, "c", true);
  resumed.resumes = true;
  writer->put(resumed);
  EXPECT_EQ(std::get<Committed>(reports_.wait_for(3)[2]).seq, 4u);
  EXPECT_THAT(store_.batches(), ElementsAre(ElementsAre("a"), ElementsAre("c"))) << "c is stored once";
}

TEST_F(CommitWriterTest, R14_AFaultSendsTheWholeBatchBackOnceAndIsCounted) {
  const auto writer = make(1h);
  writer->put(commit_of(1, "a", false));
  writer->put(commit_of(2, "refused", true));
  const auto events = reports_.wait_for(1);
  const auto& failed = std::get<CommitFailed>(events.front());
  EXPECT_EQ(failed.seq, 1u);
  EXPECT_EQ(failed.error.fault, CommitFault::unavailable);
  EXPECT_EQ(failed.error.message, "disk full");
  EXPECT_EQ(writer->facts().faults, 1u);
  EXPECT_TRUE(store_.batches().empty());
}

TEST_F(CommitWriterTest, WorkOnTheStoreKeepsItsPlaceInTheOrder) {
  const auto writer = make(1h);
  std::promise<std::size_t> batches_before;
  writer->put(commit_of(1, "a", false));
  writer->perform([&](CheckLog&) { batches_before.set_value(store_.batches().size()); });
  writer->put(commit_of(2, "b", true));
  EXPECT_EQ(batches_before.get_future().get(), 1u);
  reports_.wait_for(2);
  EXPECT_THAT(store_.batches(), ElementsAre(ElementsAre("a"), ElementsAre("b")));
}

}  // namespace
}  // namespace allclear::runtime
