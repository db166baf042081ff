#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract::stored_results_test {
namespace {

constexpr WallTime ever{std::chrono::days(365 * 1'000)};

class StoredResultsContract : public StoreContract {
 protected:
  void record(const CheckKey& key, WallTime at, Verdict verdict = Verdict::up) {
    commit_all(log(), {quiet(key, result_at(at, verdict))});
    ASSERT_TRUE(log().upkeep(at + seconds(1)));
  }
  std::vector<HistoryRow> read(WallTime from = {}, WallTime to = ever) {
    std::vector<HistoryRow> rows;
    const auto read = results().read(from, to, [&](const CheckKey& key, const CheckResult& result) {
      rows.push_back({key, result});
    });
    EXPECT_TRUE(read) << read.error().message;
    return rows;
  }
  std::vector<WallTime> times(WallTime from = {}, WallTime to = ever) {
    HistoryPage page;
    page.rows = read(from, to);
    return times_of(page);
  }
};
ALLCLEAR_OVER_ALL_STORES(StoredResultsContract);

TEST_P(StoredResultsContract, AllChecksComeInTheOrderOfTimeOverPackedHours) {
  std::vector<WallTime> expected;
  for (int i = 0; i < 200; ++i) {
    const WallTime at = start_time() + minutes(i);
    record(key_of("website"), at);
    record(key_of("api", "list"), at + seconds(20), Verdict::down);
    expected.insert(expected.end(), {at, at + seconds(20)});
  }
  EXPECT_EQ(times(), expected);
  restart();
  EXPECT_EQ(times(), expected);
  EXPECT_EQ(times(), expected) << "a second reading finds the same";
  const auto rows = read();
  EXPECT_EQ(rows[0].key, key_of("website"));
  EXPECT_EQ(rows[1].key, key_of("api", "list"));
  EXPECT_EQ(rows[1].result.verdict, Verdict::down);
  EXPECT_EQ(rows[1].result.reason, Reason::timeout);
  EXPECT_EQ(rows[1].result.latency, milliseconds(20));
}

TEST_P(StoredResultsContract, TheWindowHoldsItsBeginningAndNotItsEnd) {
  for (int i = 0; i < 150; ++i) record(key_of("website"), start_time() + minutes(i));
  EXPECT_THAT(times(start_time() + minutes(59), start_time() + minutes(62)),
              testing::ElementsAre(start_time() + minutes(59), start_time() + minutes(60), start_time() + minutes(61)));
  EXPECT_TRUE(times(start_time() + hours(24)).empty());
  EXPECT_TRUE(times({}, start_time()).empty());
}

TEST_P(StoredResultsContract, AResultThatWasToldLateComesInItsTime) {
  for (int i = 0; i < 130; ++i) record(key_of("website"), start_time() + minutes(i));
  const WallTime late = start_time() + minutes(30) + seconds(30);
  commit_all(log(), {quiet(key_of("website"), result_at(late))});
  for (int i = 130; i < 200; ++i) record(key_of("website"), start_time() + minutes(i));
  const auto found = times();
  EXPECT_EQ(found.size(), 201u);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_EQ(found[31], late);
}

TEST_P(StoredResultsContract, ThoseOfOneMomentComeAsTheyWereStored) {
  for (const Verdict verdict : {Verdict::down, Verdict::up, Verdict::degraded})
    commit_all(log(), {quiet(key_of("website"), result_at(start_time(), verdict))});
  std::vector<Verdict> verdicts;
  for (const HistoryRow& row : read()) verdicts.push_back(row.result.verdict);
  EXPECT_THAT(verdicts, testing::ElementsAre(Verdict::down, Verdict::up, Verdict::degraded));
}

TEST_P(StoredResultsContract, WhatTheConfigDoesNotNameAnyMoreIsThere) {
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), start_time()));
  record(key_of("website"), start_time());
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"api"}), start_time() + minutes(1)));
  EXPECT_EQ(times().size(), 1u);
}

TEST_P(StoredResultsContract, AnEmptyStoreHasNone) { EXPECT_TRUE(times().empty()); }

}  // namespace
}  // namespace allclear::contract::stored_results_test
