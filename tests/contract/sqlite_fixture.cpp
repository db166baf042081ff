#include "tests/contract/sqlite_fixture.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "adapters/store/memory/memory_store.h"

namespace allclear::contract {

TemporaryFolder::TemporaryFolder() : TemporaryFolder(std::filesystem::temp_directory_path()) {}

TemporaryFolder::TemporaryFolder(const std::filesystem::path& parent) {
  std::string pattern = (parent / "allclear-store-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

TemporaryFolder TemporaryFolder::in_memory() {
  const std::filesystem::path memory = "/dev/shm";
  return TemporaryFolder(std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<store::SqliteStore> open_store(const std::filesystem::path& file) {
  static const std::unique_ptr<Log> silent = make_silent_log();
  auto opened = store::open_sqlite_store({file, {}, milliseconds(1'000)}, start_time(), *silent);
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? std::move(*opened) : nullptr;
}

std::unique_ptr<Queries> open_queries(const std::filesystem::path& file) {
  auto opened = store::open_sqlite_queries(file);
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? std::move(*opened) : nullptr;
}

WallTime lived_at(int n) { return start_time() + hours(12) + seconds(20) * n; }

Decision lived_decision(int n) {
  const CheckKey key = key_of(lived_service);
  const Verdict verdict = n / 25 % 2 == 0 ? Verdict::up : Verdict::down;
  CheckResult result = result_at(lived_at(n), verdict, milliseconds(10 + n % 90));
  Decision decision = n % 10 == 0 ? with_state(key, result, static_cast<std::uint64_t>(n) / 10) : quiet(key, result);
  if (n % 25 != 0) return decision;
  const Decision turn = change(key, result, verdict == Verdict::up ? Verdict::down : Verdict::up, lived_at(n - 2));
  decision.transition = turn.transition;
  decision.service_state = turn.service_state;
  const int opened = verdict == Verdict::down ? n : n - 25;
  if (opened == 0) return decision;
  Incident incident = incident_of(lived_service, "incident-" + std::to_string(opened), lived_at(opened - 2));
  if (verdict == Verdict::up) incident.resolved_at = lived_at(n - 2);
  decision.alerts = {alert_of(incident, verdict == Verdict::up ? 2 : 1, "ops", lived_at(n))};
  decision.incident = std::move(incident);
  return decision;
}

int lived_count(Queries& queries) {
  HistoryQuery query{ServiceId(lived_service), {}, {}, {}, 1'000, ""};
  int count = 0;
  std::optional<WallTime> before;
  do {
    const auto page = queries.history(query);
    EXPECT_TRUE(page) << page.error().message;
    if (!page) return count;
    for (const HistoryRow& row : page->rows) {
      EXPECT_EQ(row.result.at, before.value_or(row.result.at + seconds(20)) - seconds(20));
      before = row.result.at;
      ++count;
    }
    query.cursor = page->next;
  } while (!query.cursor.empty());
  EXPECT_EQ(before.value_or(lived_at(1)), lived_at(1));
  return count;
}

void expect_lived(CheckLog& log, Queries& queries, int count) {
  store::MemoryStore expected;
  for (int n = 1; n <= count; ++n) commit_all(expected, {lived_decision(n)});
  const WallTime now = lived_at(count) + minutes(1);
  ASSERT_TRUE(log.upkeep(now));
  ASSERT_TRUE(expected.upkeep(now));
  const auto days = queries.days(day_of(start_time()), now, every_service);
  const auto expected_days = expected.days(day_of(start_time()), now, every_service);
  ASSERT_EQ(days->size(), expected_days->size());
  for (std::size_t i = 0; i < days->size(); ++i) {
    const ServiceDays& one = days->at(i);
    const ServiceDays& other = expected_days->at(i);
    ASSERT_EQ(one.days.size(), other.days.size());
    for (std::size_t day = 0; day < one.days.size(); ++day) {
      EXPECT_EQ(one.days[day].times.up, other.days[day].times.up);
      EXPECT_EQ(one.days[day].times.down, other.days[day].times.down);
      EXPECT_EQ(one.days[day].times.longest_down, other.days[day].times.longest_down);
      EXPECT_EQ(one.days[day].results, other.days[day].results);
      EXPECT_EQ(one.days[day].p95, other.days[day].p95);
    }
    EXPECT_EQ(one.uptime.week, other.uptime.week);
    EXPECT_EQ(one.uptime.quarter, other.uptime.quarter);
  }
  AlertQuery ledger;
  ledger.limit = 1'000;
  EXPECT_EQ(queries.alerts(ledger)->alerts, expected.alerts(ledger)->alerts);
  EXPECT_EQ(log.load()->open_incidents, expected.load()->open_incidents);
}

}  // namespace allclear::contract
