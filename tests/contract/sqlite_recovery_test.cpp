#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "adapters/store/sqlite/migration.h"
#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

// A closed database with some life in it.
void make_database(const std::filesystem::path& file) {
  const auto store = open_store(file);
  ASSERT_TRUE(store);
  for (int n = 1; n <= 400; ++n) {
    commit_all(*store, {lived_decision(n)});
    if (n % 100 != 0) continue;
    ASSERT_TRUE(store->upkeep(lived_at(n)));
  }
}

void overwrite(const std::filesystem::path& file, std::streamoff at, const std::string& bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(at);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void back_up_to(const std::filesystem::path& file, const std::filesystem::path& target) {
  auto connection = store::Connection::open(file, store::OpenMode::create);
  ASSERT_TRUE(connection);
  ASSERT_TRUE(store::back_up(*connection, target));
}

void spoil(const std::filesystem::path& file) { overwrite(file, 0, std::string(200, 'x')); }

TEST(SqliteRecovery, R15_ABrokenFileIsPutAsideAndTheNewestBackupComesBack) {
  const TemporaryFolder folder;
  make_database(folder.file());
  back_up_to(folder.file(), folder.path() / "allclear.db.v1.backup");
  spoil(folder.file());
  RecordingLog log;
  const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
  ASSERT_TRUE(store) << store.error().message;
  const store::Recovery& recovery = (*store)->recovery();
  EXPECT_EQ(recovery.outcome, store::RecoveryOutcome::restored_backup);
  EXPECT_FALSE(recovery.cause.empty());
  ASSERT_TRUE(recovery.quarantined);
  EXPECT_TRUE(std::filesystem::exists(*recovery.quarantined));
  EXPECT_EQ(log.errors, std::vector<std::string>{"database_restored_from_backup"});
  EXPECT_EQ(lived_count(*open_queries(folder.file())), 400);
}

TEST(SqliteRecovery, R15_ABackupServesForADayAfterItsLastCommit) {
  for (const milliseconds late : {milliseconds(0), milliseconds(1)}) {
    const TemporaryFolder folder;
    make_database(folder.file());
    const std::filesystem::path backup = folder.path() / "allclear.db.v1.backup";
    back_up_to(folder.file(), backup);
    spoil(folder.file());
    const WallTime now = lived_at(400) + hours(24) + late;
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, now, log);
    ASSERT_TRUE(store) << store.error().message;
    const store::Recovery& recovery = (*store)->recovery();
    EXPECT_TRUE(std::filesystem::exists(backup));
    const auto owed = (*store)->claim(now, minutes(1), 100);
    ASSERT_TRUE(owed);
    if (late == milliseconds(0)) {
      EXPECT_EQ(recovery.outcome, store::RecoveryOutcome::restored_backup);
      ASSERT_TRUE(recovery.backup);
      EXPECT_EQ(recovery.backup->last_commit, lived_at(400));
      EXPECT_EQ(log.warnings, std::vector<std::string>{});
      EXPECT_FALSE(owed->empty());
    } else {
      EXPECT_EQ(recovery.outcome, store::RecoveryOutcome::started_empty);
      EXPECT_FALSE(recovery.backup);
      EXPECT_EQ(log.errors, std::vector<std::string>{"database_lost_started_empty"});
      EXPECT_EQ(log.warnings, std::vector<std::string>{"backup_too_old_to_restore"});
      EXPECT_TRUE(owed->empty());
    }
  }
}

TEST(SqliteRecovery, R15_ABackupsAgeIsThatOfItsLastCommitNotOfItsFile) {
  const TemporaryFolder folder;
  make_database(folder.file());
  back_up_to(folder.file(), folder.path() / "allclear.db.new.backup");
  {
    const TemporaryFolder other;
    const auto old = open_store(other.file());
    for (int n = 1; n <= 100; ++n) commit_all(*old, {lived_decision(n)});
    back_up_to(other.file(), folder.path() / "allclear.db.old.backup");
  }
  std::filesystem::last_write_time(folder.path() / "allclear.db.new.backup", std::filesystem::file_time_type{});
  const std::vector<store::Backup> found = store::backups_of(folder.file());
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].file.filename(), "allclear.db.new.backup");
  EXPECT_EQ(found[0].last_commit, lived_at(400));
  EXPECT_EQ(found[1].last_commit, lived_at(100));
}

TEST(SqliteRecovery, R15_WithoutABackupItStartsEmptyAndSaysSo) {
  for (const char* damage : {"garbage", "empty"}) {
    const TemporaryFolder folder;
    make_database(folder.file());
    if (std::string(damage) == "garbage") overwrite(folder.file(), 0, std::string(4'096, '\x55'));
    if (std::string(damage) == "empty") std::filesystem::resize_file(folder.file(), 0);
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->recovery().outcome, store::RecoveryOutcome::started_empty) << damage;
    EXPECT_TRUE(std::filesystem::exists(*(*store)->recovery().quarantined));
    EXPECT_EQ(log.errors, std::vector<std::string>{"database_lost_started_empty"});
    EXPECT_TRUE((*store)->load()->checks.empty());
    commit_all(**store, {lived_decision(1)});
  }
}

TEST(SqliteRecovery, R15_FlippedBitsAndTruncationNeverCrashAndAreNeverSilentlyEmpty) {
  const TemporaryFolder source = TemporaryFolder::in_memory();
  make_database(source.file());
  const auto size = std::filesystem::file_size(source.file());
  std::mt19937 random(7);
  int found = 0;
  for (int round = 0; round < 150; ++round) {
    const TemporaryFolder folder = TemporaryFolder::in_memory();
    std::filesystem::copy_file(source.file(), folder.file());
    const auto at = std::uniform_int_distribution<std::uintmax_t>(0, size - 1)(random);
    if (round % 10 == 9) {
      std::filesystem::resize_file(folder.file(), at);
    } else {
      overwrite(folder.file(), static_cast<std::streamoff>(at),
                std::string(1 + round % 40, static_cast<char>(random())));
    }
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
    ASSERT_TRUE(store) << "round " << round << ": " << store.error().message;
    const bool replaced = (*store)->recovery().outcome != store::RecoveryOutcome::opened;
    found += replaced ? 1 : 0;
    EXPECT_EQ(log.errors.empty(), !replaced);
    EXPECT_EQ((*store)->load()->checks.empty(), replaced) << "round " << round;
    const auto queries = open_queries(folder.file());
    static_cast<void>(queries->history({ServiceId(lived_service), {}, {}, {}, 1'000, ""}));
    static_cast<void>(queries->days(day_of(start_time()), lived_at(400), every_service));
    static_cast<void>(queries->alerts(1'000));
    static_cast<void>((*store)->upkeep(lived_at(400)));
  }
  EXPECT_GT(found, 20);
}

TEST(SqliteRecovery, R15_ACheckThatRanOutOfTimeIsNoDamage) {
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  make_database(folder.file());
  {
    auto connection = store::Connection::open(folder.file(), store::OpenMode::create);
    ASSERT_TRUE(connection);
    connection->execute(
        "WITH RECURSIVE old (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM old WHERE n < 8000)"
        " INSERT INTO hourly SELECT n, 99, 0, 0, 0, 0, 0, 0, 0, NULL, zeroblob(4000) FROM old");
    ASSERT_TRUE(connection->ok());
  }
  for (const milliseconds budget : {milliseconds(0), milliseconds(1), milliseconds(3)}) {
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, budget}, start_time(), log);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->recovery().outcome, store::RecoveryOutcome::opened) << (*store)->recovery().cause;
    EXPECT_EQ(log.errors, std::vector<std::string>{});
    EXPECT_EQ(lived_count(*open_queries(folder.file())), 400);
  }
}

TEST(SqliteRecovery, AFileThatCannotBeOpenedIsAnErrorAndNotReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file());
  RecordingLog log;
  const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find("allclear.db"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_directory(folder.file()));
}

}  // namespace
}  // namespace allclear::contract
