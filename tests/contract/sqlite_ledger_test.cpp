#include <gtest/gtest.h>

#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

constexpr int settled_alerts = 250;

// Alerts of the first minute: many that are settled, one that is still owed.
void owe_and_settle(store::SqliteStore& store) {
  const Incident incident = incident_of("shop", "01A", start_time());
  for (std::uint32_t n = 1; n <= settled_alerts; ++n) {
    const Alert alert = alert_of(incident, n, "ops", start_time());
    commit_all(store, {with_incident(incident, {alert})});
    const auto outcome = n % 2 == 0 ? DeliveryOutcome::sent : DeliveryOutcome::rejected;
    ASSERT_TRUE(store.settle(alert.id, {DeliveryOutcome::retry_after, {}, "503"}, start_time()));
    ASSERT_TRUE(store.settle(alert.id, {outcome, {}, "done"}, start_time()));
  }
  commit_all(store, {with_incident(incident, {alert_of(incident, 1, "owed", start_time())})});
}

std::int64_t count(const std::filesystem::path& file, const std::string& table) {
  auto connection = store::Connection::open(file, store::OpenMode::read_only);
  return connection->value("SELECT count(*) FROM " + table).value_or(-1);
}

TEST(SqliteLedger, WhatIsSettledGoesAfterNinetyDaysInSmallSteps) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  const auto store = open_store(folder.file());
  owe_and_settle(*store);
  WallTime now = start_time();
  while (now + hours(12) <= start_time() + hours(24 * 90)) {
    now += hours(12);
    ASSERT_TRUE(store->upkeep(now));
  }
  EXPECT_EQ(count(folder.file(), "alerts"), settled_alerts + 1) << "none before its time";
  now = start_time() + hours(24 * 90) + minutes(1);
  std::int64_t before = settled_alerts + 1;
  int turns = 0;
  for (; before > 1 && turns < 10; ++turns, now += minutes(1)) {
    ASSERT_TRUE(store->upkeep(now));
    const std::int64_t left = count(folder.file(), "alerts");
    EXPECT_LE(before - left, 100) << "a turn is short";
    EXPECT_EQ(count(folder.file(), "alert_tries"), 2 * (left - 1)) << "tries go with their alert";
    before = left;
  }
  EXPECT_EQ(turns, 3);
  const auto page = open_queries(folder.file())->alerts({});
  ASSERT_EQ(page->alerts.size(), 1u);
  EXPECT_EQ(page->alerts[0].alert.state, AlertState::owed) << "what is owed stays, however old";
}

}  // namespace
}  // namespace allclear::contract
