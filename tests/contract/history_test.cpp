#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract {
namespace {

class HistoryContract : public StoreContract {
 protected:
  // One result a minute, newest last; upkeep as the runtime calls it, so that hours are packed on the way.
  void record(const CheckKey& key, WallTime from, int count) {
    for (int i = 0; i < count; ++i) {
      const WallTime at = from + minutes(i);
      commit_all(log(), {quiet(key, result_at(at, Verdict::up, milliseconds(i)))});
      ASSERT_TRUE(log().upkeep(at + seconds(1)));
    }
  }
  HistoryPage page(HistoryQuery query) {
    const auto found = queries().history(query);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : HistoryPage{};
  }
  // Follows the cursors to the end.
  std::vector<WallTime> all_times(HistoryQuery query) {
    std::vector<WallTime> times;
    for (int pages = 0; pages < 1'000; ++pages) {
      const HistoryPage next = page(query);
      const auto more = times_of(next);
      times.insert(times.end(), more.begin(), more.end());
      if (next.next.empty()) return times;
      query.cursor = next.next;
    }
    ADD_FAILURE() << "the cursors never end";
    return times;
  }
};
ALLCLEAR_OVER_ALL_STORES(HistoryContract);

TEST_P(HistoryContract, ALateResultOfAnHourThatIsOverIsThereAfterARestart) {
  const WallTime full_hour = start_time() + hours(1);
  for (const auto& [service, at] :
       {std::pair{"slow", full_hour - minutes(60)}, {"fast", full_hour + seconds(4)}, {"slow", full_hour - seconds(4)}})
    commit_all(log(), {quiet(key_of(service), result_at(at))});
  ASSERT_TRUE(log().upkeep(full_hour + minutes(5)));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(times_of(page({ServiceId("slow"), {}, {}, {}, 100, ""})),
              (std::vector<WallTime>{full_hour - seconds(4), full_hour - minutes(60)}));
    EXPECT_EQ(page({ServiceId("fast"), {}, {}, {}, 100, ""}).rows.size(), 1u);
    restart();
  }
}

TEST_P(HistoryContract, ACommittedRowIsThereAtOnceAndWhole) {
  CheckResult result = result_at(start_time(), Verdict::down, microseconds(12'345));
  result.phase = Phase::first_byte;
  result.status_code = 503;
  result.timings = {microseconds(1), microseconds(22), microseconds(333), microseconds(4'444), std::nullopt};
  result.certificate_expiry = start_time() + hours(24 * 30);
  commit_all(log(), {quiet(key_of("website"), result)});
  for (int round = 0; round < 2; ++round) {
    const HistoryPage found = page({ServiceId("website"), {}, {}, {}, 100, ""});
    ASSERT_EQ(found.rows.size(), 1u);
    EXPECT_EQ(found.rows[0].key, key_of("website"));
    const CheckResult& read = found.rows[0].result;
    EXPECT_EQ(read.at, result.at);
    EXPECT_EQ(read.verdict, result.verdict);
    EXPECT_EQ(read.reason, result.reason);
    EXPECT_EQ(read.phase, result.phase);
    EXPECT_EQ(read.latency, result.latency);
    EXPECT_EQ(read.timings, result.timings);
    EXPECT_EQ(read.status_code, 503);
    EXPECT_EQ(read.certificate_expiry, result.certificate_expiry);
    EXPECT_EQ(read.detail, result.detail);
    EXPECT_TRUE(found.next.empty());
    restart();
  }
}

TEST_P(HistoryContract, PagesRunFromNewestToOldestOverPackedHours) {
  record(key_of("website"), start_time(), 200);
  const auto times = all_times({ServiceId("website"), {}, {}, {}, 7, ""});
  ASSERT_EQ(times.size(), 200u);
  for (std::size_t i = 0; i < times.size(); ++i) EXPECT_EQ(times[i], start_time() + minutes(199 - static_cast<int>(i)));
  restart();
  EXPECT_EQ(all_times({ServiceId("website"), {}, {}, {}, 1'000, ""}), times);
}

TEST_P(HistoryContract, ACursorStaysRightWhileRowsArriveAndHoursArePacked) {
  record(key_of("website"), start_time(), 90);
  const HistoryPage first = page({ServiceId("website"), {}, {}, {}, 10, ""});
  ASSERT_FALSE(first.next.empty());
  record(key_of("website"), start_time() + minutes(90), 60);
  const HistoryPage second = page({ServiceId("website"), {}, {}, {}, 10, first.next});
  ASSERT_EQ(second.rows.size(), 10u);
  EXPECT_EQ(second.rows.front().result.at, start_time() + minutes(79));
}

TEST_P(HistoryContract, TimesAndChecksNarrowIt) {
  record(key_of("website", "reach"), start_time(), 10);
  record(key_of("website", "login"), start_time() + minutes(60), 10);
  record(key_of("api"), start_time() + minutes(80), 10);
  HistoryQuery query{ServiceId("website"), {}, start_time() + minutes(5), start_time() + minutes(65), 100, ""};
  const HistoryPage both = page(query);
  ASSERT_EQ(both.rows.size(), 10u);
  EXPECT_EQ(both.rows.front().result.at, start_time() + minutes(64));
  EXPECT_EQ(both.rows.back().result.at, start_time() + minutes(5));
  query.check = CheckId("login");
  EXPECT_EQ(page(query).rows.size(), 5u);
  query.check = CheckId("missing");
  EXPECT_TRUE(page(query).rows.empty());
}

TEST_P(HistoryContract, RowsOfTheSameMomentAreEachShownOnce) {
  for (const char* check : {"a", "b", "c", "d", "e"}) {
    commit_all(log(), {quiet(key_of("website", check), result_at(start_time()))});
    commit_all(log(), {quiet(key_of("website", check), result_at(start_time(), Verdict::down))});
  }
  std::vector<std::string> seen;
  HistoryQuery query{ServiceId("website"), {}, {}, {}, 3, ""};
  do {
    const HistoryPage next = page(query);
    for (const HistoryRow& row : next.rows) {
      seen.push_back(row.key.check.value() + std::string(to_string(row.result.verdict)));
    }
    query.cursor = next.next;
  } while (!query.cursor.empty() && seen.size() < 100);
  EXPECT_THAT(seen, testing::UnorderedElementsAre("aup", "adown", "bup", "bdown", "cup", "cdown", "dup", "ddown", "eup",
                                                  "edown"));
}

TEST_P(HistoryContract, AResultThatIsToldLateFindsItsHour) {
  record(key_of("website"), start_time(), 130);
  commit_all(log(), {quiet(key_of("website"), result_at(start_time() + minutes(30) + seconds(30)))});
  EXPECT_EQ(all_times({ServiceId("website"), {}, {}, {}, 9, ""}).size(), 131u);
  record(key_of("website"), start_time() + minutes(130), 70);
  restart();
  const auto times = all_times({ServiceId("website"), {}, {}, {}, 9, ""});
  EXPECT_EQ(times.size(), 201u);
  EXPECT_TRUE(std::is_sorted(times.rbegin(), times.rend()));
}

TEST_P(HistoryContract, BadQuestionsAreErrors) {
  EXPECT_FALSE(queries().history({ServiceId("website"), {}, {}, {}, 0, ""}));
  EXPECT_FALSE(queries().history({ServiceId("website"), {}, {}, {}, 1'001, ""}));
  for (const char* cursor : {"x", "1.2", "1.2.check", "999999999999999999999.1.a.local", ".....", "1..a.b"}) {
    const auto page = queries().history({ServiceId("website"), {}, {}, {}, 10, cursor});
    ASSERT_TRUE(page) << cursor;
    EXPECT_TRUE(page->bad_cursor) << cursor;
  }
  const auto unknown = queries().history({ServiceId("nobody"), {}, {}, {}, 10, ""});
  ASSERT_TRUE(unknown);
  EXPECT_TRUE(unknown->rows.empty());
}

}  // namespace
}  // namespace allclear::contract
