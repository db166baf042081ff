#include "core/engine/commit_queue.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::wall;

MonotonicTime at(std::int64_t ms) { return MonotonicTime(milliseconds(ms)); }

Decision quiet(const std::string& service, int number) {
  Decision decision;
  decision.service = ServiceId(service);
  decision.key = CheckKey{ServiceId(service), CheckId("c"), local_location()};
  decision.result = test::make_result(Verdict::up, wall(number));
  return decision;
}

Decision loud(const std::string& service, int number) {
  Decision decision = quiet(service, number);
  decision.transition = Transition{};
  return decision;
}

std::optional<Commit> flush(CommitQueue& queue, std::int64_t now) {
  Commands commands;
  queue.flush(at(now), commands);
  if (commands.empty()) return std::nullopt;
  return std::get<Commit>(commands.front());
}

std::vector<std::int64_t> numbers(const std::vector<Decision>& decisions) {
  std::vector<std::int64_t> found;
  for (const Decision& decision : decisions) found.push_back((decision.result->at - wall(0)).count());
  return found;
}

using Numbers = std::vector<std::int64_t>;

TEST(CommitQueue, HandsOutAtOnceWithRisingNumbers) {
  CommitQueue queue;
  EXPECT_FALSE(flush(queue, 0).has_value());
  queue.push(quiet("a", 1));
  const auto first = flush(queue, 0);
  EXPECT_FALSE(first->urgent);
  EXPECT_FALSE(first->resumes);
  queue.push(quiet("a", 2));
  queue.push(loud("a", 3));
  const auto second = flush(queue, 0);
  EXPECT_GT(second->seq, first->seq);
  EXPECT_TRUE(second->urgent);
  EXPECT_EQ(numbers(second->decisions), (Numbers{2, 3}));
  EXPECT_EQ(queue.size(), 3U);
  queue.committed(second->seq);
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.retry_at(), MonotonicTime::max());
}

TEST(CommitQueue, AfterAFailureEverythingGoesOutAgainInOrder) {
  CommitQueue queue;
  queue.push(quiet("a", 1));
  const auto first = flush(queue, 0);
  queue.push(loud("b", 2));
  const auto second = flush(queue, 0);
  EXPECT_TRUE(queue.failed(first->seq));
  EXPECT_FALSE(queue.failed(second->seq)) << "an echo";
  queue.back_off(at(0));
  queue.push(quiet("c", 3));
  EXPECT_FALSE(flush(queue, 999).has_value());
  EXPECT_EQ(queue.retry_at(), at(1'000));
  const auto again = flush(queue, 1'000);
  EXPECT_EQ(numbers(again->decisions), (Numbers{1, 2, 3}));
  EXPECT_TRUE(again->resumes);
  EXPECT_TRUE(again->urgent);
  EXPECT_GT(again->seq, second->seq);
  queue.committed(second->seq);  // a late word about the past
  EXPECT_EQ(queue.size(), 3U);
  queue.committed(again->seq);
  EXPECT_EQ(queue.size(), 0U);
}

TEST(CommitQueue, BacksOffFromOneToThirtySecondsAndStartsAnewAfterASuccess) {
  CommitQueue queue;
  std::vector<std::int64_t> delays;
  std::int64_t now = 0;
  queue.push(quiet("a", 1));
  for (int i = 0; i < 8; ++i) {
    queue.failed(flush(queue, now)->seq);
    queue.back_off(at(now));
    const auto delay = std::chrono::duration_cast<milliseconds>(queue.retry_at() - at(now)).count();
    delays.push_back(delay);
    now += delay;
  }
  EXPECT_EQ(delays, (std::vector<std::int64_t>{1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000, 30'000}));
  queue.committed(flush(queue, now)->seq);
  EXPECT_EQ(queue.failures_in_a_row(), 0);
}

TEST(CommitQueue, TakesTheTailOfSomeServices) {
  CommitQueue queue;
  queue.push(quiet("a", 1));
  queue.push(quiet("b", 2));
  queue.failed(flush(queue, 0)->seq);
  queue.push(loud("a", 3));
  EXPECT_EQ(numbers(queue.take({ServiceId("a")})), (Numbers{1, 3}));
  EXPECT_EQ(numbers(flush(queue, 0)->decisions), (Numbers{2}));
}

TEST(CommitQueue, GivesUpOnlyTheOldestQuietOnes) {
  CommitQueue queue;
  queue.push(quiet("a", 0));
  queue.failed(flush(queue, 0)->seq);
  queue.back_off(at(0));
  queue.push(loud("a", 1));
  Decision with_state = quiet("a", 2);
  with_state.state = CheckState{};
  queue.push(with_state);
  Decision with_service = quiet("a", 3);
  with_service.service_state = ServiceState{};
  queue.push(with_service);
  for (std::size_t i = 4; queue.dropped() == 0; ++i) queue.push(quiet("a", static_cast<int>(i)));
  EXPECT_EQ(queue.dropped(), CommitQueue::quiet_limit / 10);
  const auto left = numbers(flush(queue, 5'000)->decisions);
  EXPECT_EQ((Numbers{left.begin(), left.begin() + 3}), (Numbers{1, 2, 3}));
  EXPECT_EQ(left.size(), 3 + CommitQueue::quiet_limit + 1 - CommitQueue::quiet_limit / 10);
}

}  // namespace
}  // namespace allclear
