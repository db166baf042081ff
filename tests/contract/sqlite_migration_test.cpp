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

}  // namespace
}  // namespace allclear::contract
