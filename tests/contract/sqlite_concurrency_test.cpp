#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

constexpr int decisions = 1'200;  // almost seven hours of life, so that hours are packed under the reader's eyes

void live(store::SqliteStore& store, std::atomic<int>& committed) {
  for (int n = 1; n <= decisions; ++n) {
    commit_all(store, {lived_decision(n)});
    committed = n;
    if (n % 2 != 0) continue;
    EXPECT_TRUE(store.upkeep(lived_at(n)));
  }
}

TEST(SqliteConcurrency, AReaderSeesEveryCommittedRowOnceWhileHoursArePacked) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  const auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  std::atomic<int> committed{0};
  int reads = 0;
  std::thread reader([&] {
    const auto queries = store::open_sqlite_queries(folder.file(), store->recent());
    ASSERT_TRUE(queries);
    while (committed < decisions) {
      const int before = committed;
      const int found = lived_count(**queries);
      ASSERT_GE(found, before);
      const auto days = (*queries)->days(day_of(start_time()), lived_at(before) + seconds(1), every_service);
      ASSERT_TRUE(days) << days.error().message;
      ++reads;
    }
  });
  live(*store, committed);
  reader.join();
  EXPECT_GT(reads, 0);
  const auto queries = open_queries(folder.file());
  EXPECT_EQ(lived_count(*queries), decisions);
  expect_lived(*store, *queries, decisions);
}

TEST(SqliteConcurrency, WhoReadsAllResultsSeesEachOnceWhileHoursArePacked) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  const auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  std::atomic<int> committed{0};
  int reads = 0;
  std::thread reader([&] {
    const auto results = store::open_sqlite_results(folder.file());
    ASSERT_TRUE(results);
    while (committed < decisions) {
      const int before = committed;
      int found = 0;
      const auto read = (*results)->read({}, lived_at(decisions + 1), [&](const CheckKey&, const CheckResult& result) {
        ++found;
        EXPECT_EQ(result.at, lived_at(found)) << "none is left out, none comes twice";
      });
      ASSERT_TRUE(read) << read.error().message;
      ASSERT_GE(found, before);
      ++reads;
    }
  });
  live(*store, committed);
  reader.join();
  EXPECT_GT(reads, 0);
}

}  // namespace
}  // namespace allclear::contract
