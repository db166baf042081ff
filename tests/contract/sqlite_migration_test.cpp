#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapters/store/sqlite/migration.h"
#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

using store::Connection;
using store::Migration;
using store::OpenMode;

const std::vector<std::string_view> first_step{"CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT)",
                                               "INSERT INTO notes (words) VALUES ('one'), ('two')"};
const std::vector<std::string_view> second_step{
    "ALTER TABLE notes ADD COLUMN author TEXT", "UPDATE notes SET author = 'ada'",
    "CREATE TABLE tags (note INTEGER, tag TEXT)", "INSERT INTO tags SELECT id, 'old' FROM notes"};
const std::vector<std::string_view> third_step{"DROP TABLE tags", "CREATE INDEX notes_by_author ON notes (author)"};

std::vector<Migration> all_steps() { return {{1, first_step}, {2, second_step}, {3, third_step}}; }

// The same steps with a statement that kills the process before statement `deadly` of steps two and three.
struct DeadlySteps {
  explicit DeadlySteps(std::size_t deadly) {
    for (const std::string_view statement : second_step) add(second, statement, deadly);
    for (const std::string_view statement : third_step) add(third, statement, deadly);
    if (deadly == count) third.emplace_back("SELECT die()");
    steps = {{1, first_step}, {2, second}, {3, third}};
  }
  void add(std::vector<std::string_view>& step, std::string_view statement, std::size_t deadly) {
    if (count++ == deadly) step.emplace_back("SELECT die()");
    step.push_back(statement);
  }
  std::size_t count = 0;
  std::vector<std::string_view> second;
  std::vector<std::string_view> third;
  std::vector<Migration> steps;
};

void die(sqlite3_context*, int, sqlite3_value**) { ::raise(SIGKILL); }

// True when the child was killed, as it should be.
bool migrate_and_die(const std::filesystem::path& file, std::size_t deadly) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto connection = Connection::open(file, OpenMode::create);
    const DeadlySteps steps(deadly);
    sqlite3_create_function(connection->handle(), "die", 0, SQLITE_UTF8, nullptr, die, nullptr, nullptr);
    static_cast<void>(store::migrate(*connection, file, steps.steps));
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void make_first_version(const std::filesystem::path& file) {
  auto connection = Connection::open(file, OpenMode::create);
  ASSERT_TRUE(connection);
  connection->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  const std::vector<Migration> first{all_steps()[0]};
  const auto report = store::migrate(*connection, file, first);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->backup) << "there was nothing to lose";
}

TEST(SqliteMigration, R22_KilledAtEveryStatementItResumesAndABackupIsThere) {
  const std::size_t statements = second_step.size() + third_step.size();
  for (std::size_t deadly = 0; deadly <= statements; ++deadly) {
    const TemporaryFolder folder;
    make_first_version(folder.file());
    ASSERT_TRUE(migrate_and_die(folder.file(), deadly)) << "statement " << deadly;
    auto connection = Connection::open(folder.file(), OpenMode::create);
    ASSERT_TRUE(connection);
    const auto between = connection->value("PRAGMA user_version");
    EXPECT_EQ(between, deadly < second_step.size() + 1 ? 1 + (deadly == second_step.size() ? 1 : 0) : 2);
    ASSERT_TRUE(store::migrate(*connection, folder.file(), all_steps()));
    EXPECT_EQ(connection->value("PRAGMA user_version"), 3);
    EXPECT_EQ(connection->value("SELECT count(*) FROM notes WHERE author = 'ada'"), 2);
    EXPECT_EQ(connection->value("SELECT count(*) FROM sqlite_schema WHERE name = 'tags'"), 0);
    auto backup = Connection::open(folder.file().string() + ".v1.backup", OpenMode::read_only);
    ASSERT_TRUE(backup);
    EXPECT_EQ(backup->value("PRAGMA user_version"), 1);
    EXPECT_EQ(backup->value("SELECT count(*) FROM notes"), 2);
  }
}

TEST(SqliteMigration, R22_ANewerSchemaIsRefusedClearlyAndLeftAlone) {
  const TemporaryFolder folder;
  {
    auto connection = Connection::open(folder.file(), OpenMode::create);
    connection->execute("CREATE TABLE future (id INTEGER); PRAGMA user_version=999");
  }
  const std::unique_ptr<Log> silent = make_silent_log();
  const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), *silent);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find("schema 999"), std::string::npos);
  EXPECT_NE(store.error().message.find("newer allclear"), std::string::npos);
  EXPECT_FALSE(store::open_sqlite_queries(folder.file()));
  auto connection = Connection::open(folder.file(), OpenMode::read_only);
  EXPECT_EQ(connection->value("SELECT count(*) FROM sqlite_schema WHERE name = 'future'"), 1);
}

TEST(SqliteMigration, AStepThatFailsLeavesTheVersionBefore) {
  const TemporaryFolder folder;
  make_first_version(folder.file());
  auto connection = Connection::open(folder.file(), OpenMode::create);
  const std::vector<std::string_view> broken{"UPDATE notes SET words = 'gone'", "INSERT INTO nowhere VALUES (1)"};
  const std::vector<Migration> steps{all_steps()[0], {2, broken}};
  const auto report = store::migrate(*connection, folder.file(), steps);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("schema 2"), std::string::npos);
  EXPECT_EQ(connection->value("PRAGMA user_version"), 1);
  EXPECT_EQ(connection->value("SELECT count(*) FROM notes WHERE words = 'one'"), 1);
}

// From schema 5 to 2.
const std::string undo_ledger =
    "DROP TABLE plans; DROP INDEX alerts_by_service; DROP INDEX alerts_by_incident; DROP INDEX alerts_by_channel; DROP INDEX "
    "alerts_unsent; DROP TABLE alert_tries;"
    " ALTER TABLE alerts DROP COLUMN replayed_at; UPDATE incidents SET document = json_remove(document, '$.told');"
    " PRAGMA user_version=2";

// A database of schema 1 with 40 days of one service, down in the last 3 h of each.
void make_days_of_first_schema(const std::filesystem::path& file) {
  const auto store = open_store(file);
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->put_catalogue(catalogue_of({"website"}, hours(12)), start_time()));
  const CheckKey key = key_of("website");
  for (int day = 0; day < 40; ++day) {
    const WallTime up = start_time() + hours(24) * day;
    commit_all(*store, {change(key, result_at(up), day == 0 ? Verdict::unknown : Verdict::down, up)});
    ASSERT_TRUE(store->upkeep(up + hours(11)));
    commit_all(*store, {change(key, result_at(up + hours(11), Verdict::down), Verdict::up, up + hours(11))});
    ASSERT_TRUE(store->upkeep(up + hours(18)));
  }
  auto connection = Connection::open(file, OpenMode::create);
  connection->execute(undo_ledger);
  connection->execute("DROP TABLE day_sheets; PRAGMA user_version=1");
  ASSERT_TRUE(connection->ok());
}

void expect_days(const std::filesystem::path& file) {
  const WallTime now = start_time() + hours(24 * 39 + 18);
  const auto found = open_queries(file)->days(day_of(now) - std::chrono::days(89), now, every_service);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  const auto& days = found->front().days;
  ASSERT_EQ(days.size(), 41u);
  for (std::size_t day = 0; day < 39; ++day) {
    ASSERT_EQ(days[day].times.down, hours(day == 0 ? 3 : 13)) << day;
    ASSERT_EQ(days[day].times.up, hours(11)) << day;
    ASSERT_EQ(days[day].results, 2u) << day;
    ASSERT_TRUE(days[day].p95) << day;
  }
}

// Opens copies of `source` after a migration that was killed, each later than the one before, until one was not.
// Returns how many were.
template <class Expect>
int kill_ever_later(const std::filesystem::path& source, const Expect& expect) {
  int kills = 0;
  for (bool killed = true; killed && !testing::Test::HasFailure(); ++kills) {
    const TemporaryFolder folder = TemporaryFolder::in_memory();
    std::filesystem::copy_file(source, folder.file());
    const pid_t child = ::fork();
    if (child == 0) {
      auto connection = Connection::open(folder.file(), OpenMode::create);
      int steps_left = kills;
      sqlite3_progress_handler(
          connection->handle(), 25,
          [](void* left) {
            if ((*static_cast<int*>(left))-- == 0) ::raise(SIGKILL);
            return 0;
          },
          &steps_left);
      static_cast<void>(store::migrate(*connection, folder.file(), store::migrations()));
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    killed = WIFSIGNALED(status);
    const auto store = open_store(folder.file());
    EXPECT_TRUE(store && store->recovery().outcome == store::RecoveryOutcome::opened);
    expect(folder.file(), *store);
    EXPECT_FALSE(testing::Test::HasFailure()) << "killed after " << kills;
  }
  return kills - 1;
}

TEST(SqliteMigration, R22_DaySheetsAreMadeFromTheDaysWhereverItWasKilled) {
  const TemporaryFolder source;
  make_days_of_first_schema(source.file());
  const int kills = kill_ever_later(source.file(), [](const std::filesystem::path& file, store::SqliteStore&) {
    expect_days(file);
    auto backup = Connection::open(file.string() + ".v1.backup", OpenMode::read_only);
    ASSERT_TRUE(backup);
    EXPECT_EQ(backup->value("SELECT count(*) FROM daily"), 40);
  });
  EXPECT_GT(kills, 20);
}

// A database of schema 2 with an alert in every state.
void make_alerts_of_second_schema(const std::filesystem::path& file) {
  const auto store = open_store(file);
  ASSERT_TRUE(store);
  const Incident incident = incident_of("shop", "01A", start_time());
  std::vector<Alert> alerts;
  for (const char* channel : {"owed", "sending", "sent", "dead"}) {
    alerts.push_back(alert_of(incident, 1, channel, start_time()));
  }
  commit_all(*store, {with_incident(incident, alerts)});
  ASSERT_TRUE(store->claim(start_time(), minutes(1), 10, {}));
  ASSERT_TRUE(store->settle(alerts[0].id, {DeliveryOutcome::retry_after, minutes(1), "503"}, start_time()));
  ASSERT_TRUE(store->settle(alerts[2].id, {DeliveryOutcome::sent, {}, "200"}, start_time()));
  ASSERT_TRUE(store->settle(alerts[3].id, {DeliveryOutcome::rejected, {}, "401"}, start_time()));
  auto connection = Connection::open(file, OpenMode::create);
  connection->execute(undo_ledger);
  ASSERT_TRUE(connection->ok());
}

TEST(SqliteMigration, R22_TheLedgerTakesOverTheAlertsWhereverItWasKilled) {
  const TemporaryFolder source;
  make_alerts_of_second_schema(source.file());
  const int kills = kill_ever_later(source.file(), [](const std::filesystem::path& file, store::SqliteStore& store) {
    const auto page = open_queries(file)->alerts({});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->alerts.size(), 4u);
    for (const AlertRecord& record : page->alerts) {
      EXPECT_EQ(to_string(record.alert.state), record.alert.channel.value());
      EXPECT_EQ(record.alert.replayed_at, std::nullopt);
      EXPECT_TRUE(record.tries.empty()) << "schema 2 kept no more than the last answer";
    }
    const auto stored = store.load();
    ASSERT_EQ(stored->open_incidents.size(), 1u);
    EXPECT_EQ(stored->open_incidents[0].told.size(), 4u) << "they hear of the end";
    EXPECT_EQ(stored->open_incidents[0].told[0], (Told{ChannelId("dead"), start_time()}));
    const AlertId dead = alert_of(incident_of("shop", "01A", start_time()), 1, "dead", start_time()).id;
    ASSERT_EQ(*store.replay(dead, start_time() + minutes(5)), ReplayOutcome::owed);
    ASSERT_TRUE(store.settle(dead, {DeliveryOutcome::sent, {}, "200"}, start_time() + minutes(5)));
    const auto replayed = open_queries(file)->alert(dead);
    ASSERT_EQ((*replayed)->tries.size(), 1u);
    EXPECT_EQ((*replayed)->tries[0].number, 2u);
    EXPECT_TRUE(std::filesystem::exists(file.string() + ".v2.backup"));
  });
  EXPECT_GT(kills, 3);
}

}  // namespace
}  // namespace allclear::contract
