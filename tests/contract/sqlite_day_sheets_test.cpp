#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "adapters/store/sqlite/day_sheets.h"
#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

using store::Connection;
using store::OpenMode;

constexpr int days_lived = 70;

// Two services, up for 11 h and down for the rest of each day from the start on. Returns when it ended.
WallTime live(CheckLog& log) {
  EXPECT_TRUE(log.put_catalogue(catalogue_of({"shop", "website"}, hours(12)), start_time()));
  WallTime at = start_time();
  for (int day = 0; day < days_lived; ++day, at += hours(24)) {
    for (const char* service : {"shop", "website"}) {
      const CheckKey key = key_of(service);
      commit_all(log, {change(key, result_at(at), day == 0 ? Verdict::unknown : Verdict::down, at)});
    }
    EXPECT_TRUE(log.upkeep(at + hours(11)));
    for (const char* service : {"shop", "website"}) {
      const WallTime down = at + hours(11);
      commit_all(log, {change(key_of(service), result_at(down, Verdict::down), Verdict::up, down)});
    }
    EXPECT_TRUE(log.upkeep(at + hours(18)));
  }
  return at - hours(6);
}

void change_by_hand(const std::filesystem::path& file, const std::string& sql) {
  auto connection = Connection::open(file, OpenMode::create);
  ASSERT_TRUE(connection);
  connection->execute(sql);
  ASSERT_TRUE(connection->ok()) << connection->take_fault()->message;
}

std::vector<ServiceDays> days_at(const std::filesystem::path& file, WallTime now) {
  const auto found = open_queries(file)->days(day_of(now) - std::chrono::days(89), now, every_service);
  EXPECT_TRUE(found) << found.error().message;
  return found.value_or(std::vector<ServiceDays>{});
}

void expect_same(const std::vector<ServiceDays>& found, const std::vector<ServiceDays>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].service, wanted[i].service);
    EXPECT_EQ(found[i].uptime.month, wanted[i].uptime.month);
    EXPECT_EQ(found[i].uptime.quarter, wanted[i].uptime.quarter);
    ASSERT_EQ(found[i].days.size(), wanted[i].days.size());
    for (std::size_t day = 0; day < found[i].days.size(); ++day) {
      EXPECT_EQ(found[i].days[day].day, wanted[i].days[day].day);
      EXPECT_EQ(found[i].days[day].times, wanted[i].days[day].times);
      EXPECT_EQ(found[i].days[day].results, wanted[i].days[day].results);
      EXPECT_EQ(found[i].days[day].p95, wanted[i].days[day].p95);
    }
  }
}

const std::vector<std::string> damages{"x'ffffffffff'", "x''", "zeroblob(40)", "substr(days, 1, length(days) - 1)",
                                       "days || days"};

std::string spoil_sheets(const std::string& damage) {
  return "UPDATE day_sheets SET days = " + damage + " WHERE row & 1 = 1";
}

TEST(SqliteDaySheets, R15_OneThatCannotBeDecodedIsReadFromTheDaysAndMadeAnewAndTold) {
  const TemporaryFolder source = TemporaryFolder::in_memory();
  const WallTime now = live(*open_store(source.file()));
  const std::vector<ServiceDays> wanted = days_at(source.file(), now);
  ASSERT_EQ(wanted.size(), 2u);
  ASSERT_EQ(wanted[0].days.size(), static_cast<std::size_t>(days_lived) + 1);
  for (const std::string& damage : damages) {
    const TemporaryFolder folder = TemporaryFolder::in_memory();
    std::filesystem::copy_file(source.file(), folder.file());
    std::filesystem::copy_file(source.file().string() + "-wal", folder.file().string() + "-wal");
    change_by_hand(folder.file(), "CREATE TABLE good AS SELECT * FROM day_sheets");
    change_by_hand(folder.file(), spoil_sheets(damage));
    expect_same(days_at(folder.file(), now), wanted);
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, now, log);
    ASSERT_TRUE(store) << store.error().message;
    for (int hour = 0; hour < 4; ++hour) ASSERT_TRUE((*store)->upkeep(now + hours(hour)));
    EXPECT_EQ(log.warnings, std::vector<std::string>{"day_sheets_rebuilt"}) << damage;
    EXPECT_EQ(log.errors, std::vector<std::string>{});
    auto connection = Connection::open(folder.file(), OpenMode::read_only);
    EXPECT_EQ(connection->value("SELECT count(*) FROM good JOIN day_sheets USING (row, days)"),
              connection->value("SELECT count(*) FROM day_sheets"));
    EXPECT_EQ(connection->value("SELECT (SELECT count(*) FROM good) - (SELECT count(*) FROM day_sheets)"), 0);
    ASSERT_FALSE(HasFailure()) << damage;
  }
}

TEST(SqliteDaySheets, R15_OneThatBreaksWhileTheMonitorRunsStopsNoFlushAndNoCommit) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  const TemporaryFolder untouched = TemporaryFolder::in_memory();
  RecordingLog log;
  const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
  const auto other = open_store(untouched.file());
  ASSERT_TRUE(store);
  const WallTime now = live(**store);
  live(*other);
  change_by_hand(folder.file(), spoil_sheets("x'ffff'"));
  const Decision back_dated =
      change(key_of("shop"), result_at(now + minutes(10)), Verdict::down, now - hours(20));  // over midnight
  commit_all(**store, {back_dated});
  commit_all(*other, {back_dated});
  EXPECT_EQ(log.warnings, std::vector<std::string>{"day_sheets_rebuilt"});
  change_by_hand(folder.file(), spoil_sheets("x'ffff'"));
  for (const milliseconds later : {hours(10), hours(30)}) {  // midnights
    ASSERT_TRUE((*store)->upkeep(now + later));
    ASSERT_TRUE(other->upkeep(now + later));
    expect_same(days_at(folder.file(), now + later), days_at(untouched.file(), now + later));
  }
  EXPECT_GE(log.warnings.size(), 2u);
  EXPECT_EQ(log.errors, std::vector<std::string>{});
}

// How many were made anew; -1: a fault.
int checked(Connection& connection) {
  const auto repairs = store::check_day_sheets(connection);
  return repairs ? repairs->sheets : -1;
}

TEST(SqliteDaySheets, ACheckTakesAFewAtATimeAndGoesAround) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  ASSERT_TRUE(open_store(folder.file()));
  auto connection = Connection::open(folder.file(), OpenMode::create);
  ASSERT_TRUE(connection);
  const std::string count = std::to_string(2 * store::sheets_per_check + 10);
  const std::string spoil = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count +
                            ") INSERT INTO day_sheets SELECT i, x'ff' FROM n";
  for (int round = 0; round < 2; ++round) {
    connection->execute(spoil);
    EXPECT_EQ(checked(*connection), store::sheets_per_check);
    EXPECT_EQ(checked(*connection), store::sheets_per_check);
    EXPECT_EQ(checked(*connection), 10);
    EXPECT_EQ(checked(*connection), 0);
    EXPECT_EQ(connection->value("SELECT count(*) FROM day_sheets"), 0) << "there are no such days";
  }
}

TEST(SqliteDaySheets, R15_APageThatCannotBeReadDoesNotHoldUpTheCheck) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  ASSERT_TRUE(open_store(folder.file()));
  // Each sheet fills a page of its own; the fifth's is lost.
  change_by_hand(folder.file(),
                 "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9) INSERT INTO day_sheets"
                 " SELECT i << 32 | 1, CAST('sheet ' || i || ' of ten' || hex(zeroblob(1500)) AS BLOB) FROM n;"
                 "INSERT OR REPLACE INTO meta VALUES ('times_through', 9 * 32 * 86400000);"
                 "PRAGMA wal_checkpoint(TRUNCATE)");
  std::fstream stream(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto at = bytes.find("sheet 4 of ten");
  ASSERT_NE(at, std::string::npos);
  stream.clear();
  stream.seekp(static_cast<std::streamoff>(at / 4'096 * 4'096));
  stream << std::string(4'096, 'x');
  stream.close();
  auto connection = Connection::open(folder.file(), OpenMode::create);
  ASSERT_TRUE(connection);
  const auto place = [&] { return connection->value("SELECT value >> 32 FROM meta WHERE name = 'sheets_checked'"); };
  std::vector<std::int64_t> places;
  for (int hour = 0; hour < 4; ++hour) {
    static_cast<void>(checked(*connection));
    connection->take_fault();
    places.push_back(place().value_or(-1));
  }
  EXPECT_NE(std::find_if(places.begin(), places.end(), [](std::int64_t sheet) { return sheet > 3; }), places.end());
  EXPECT_EQ(std::count(places.begin(), places.end(), 0), 1) << "it goes around";
}

TEST(SqliteDaySheets, R15_ADayThatCannotBeIsLeftOutAndToldOnce) {
  const TemporaryFolder source = TemporaryFolder::in_memory();
  const WallTime now = live(*open_store(source.file()));
  for (const char* wild : {"up = -1", "down = 86400001", "longest_down = 1 << 60", "p95 = -5"}) {
    const TemporaryFolder folder = TemporaryFolder::in_memory();
    std::filesystem::copy_file(source.file(), folder.file());
    const std::vector<ServiceDays> wanted = days_at(folder.file(), now);
    change_by_hand(folder.file(), std::string("UPDATE daily SET ") + wild +
                                      " WHERE bucket = (SELECT min(bucket) + 3 FROM daily);" + spoil_sheets("x''"));
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, now, log);
    ASSERT_TRUE(store) << store.error().message;
    for (int hour = 0; hour < 4; ++hour) {
      ASSERT_TRUE((*store)->upkeep(now + hours(hour)));
      if (hour == 2) change_by_hand(folder.file(), spoil_sheets("x''"));
    }
    EXPECT_EQ(log.warnings, (std::vector<std::string>{"day_sheets_rebuilt", "day_sheets_rebuilt"})) << wild;
    EXPECT_EQ(log.errors, std::vector<std::string>{"daily_rows_left_out"}) << wild;
    const std::vector<ServiceDays> found = days_at(folder.file(), now);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].days.size() + found[1].days.size(), wanted[0].days.size() + wanted[1].days.size() - 1) << wild;
  }
}

TEST(SqliteDaySheets, R15_CountsThatCannotBeDecodedAreToldAndStopNoFlush) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  RecordingLog log;
  const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
  ASSERT_TRUE(store);
  const WallTime now = live(**store);
  commit_all(**store, {quiet(key_of("shop"), result_at(now, Verdict::down))});
  ASSERT_TRUE((*store)->upkeep(now + minutes(1)));
  change_by_hand(folder.file(), "UPDATE daily SET counts = x'ff' WHERE bucket = (SELECT max(bucket) FROM daily)");
  commit_all(**store, {quiet(key_of("shop"), result_at(now + minutes(1), Verdict::down))});
  for (int minute = 2; minute < 6; ++minute) ASSERT_TRUE((*store)->upkeep(now + minutes(minute)));
  EXPECT_EQ(log.errors, std::vector<std::string>{"rollup_counts_lost"});
  const std::vector<ServiceDays> after = days_at(folder.file(), now + minutes(5));
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].days.back().times.down, hours(4) + minutes(5));
  EXPECT_EQ(after[0].days.back().results, 2u);  // the one of before is still counted
}

}  // namespace
}  // namespace allclear::contract
