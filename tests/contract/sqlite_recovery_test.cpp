#include <algorithm>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "adapters/store/sqlite/migration.h"
#include "adapters/store/sqlite/old_backup.h"
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

TEST(SqliteRecovery, R15_AFirstStartThatWasCutOffLostNothing) {
  const TemporaryFolder folder;
  std::ofstream(folder.file()).flush();
  std::ofstream(folder.path() / "allclear.db.creating").flush();
  RecordingLog log;
  const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, start_time(), log);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_NE((*store)->recovery().outcome, store::RecoveryOutcome::started_empty);
  EXPECT_TRUE(log.errors.empty());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "allclear.db.creating"));
}

TEST(SqliteRecovery, R15_ADatabaseThatIsThereLeavesNoSignOfBeingMade) {
  const TemporaryFolder folder;
  make_database(folder.file());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "allclear.db.creating"));
}

// Two services that were judged; one is down with an incident of the rules beside one of a person, one alert owed and
// one being sent. Its last commit: 30 h after the start.
WallTime make_troubled_database(const std::filesystem::path& file) {
  const auto store = open_store(file);
  EXPECT_TRUE(store->put_catalogue(catalogue_of({"shop", "website"}), start_time()));
  for (const char* service : {"shop", "website"}) {
    Decision first = with_state(key_of(service), result_at(start_time() + minutes(1)), 1);
    first.transition = Transition{ServiceId(service), Verdict::unknown, Verdict::up, start_time() + minutes(1),
                                  start_time(),       Reason::ok,       {}};
    first.service_state = ServiceState{ServiceId(service), Verdict::up, Reason::ok, false, start_time() + minutes(1)};
    commit_all(*store, {first});
  }
  const WallTime at = start_time() + hours(30);
  const Incident incident = incident_of("website", "broken", at);
  Decision down = with_state(key_of("website"), result_at(at, Verdict::down), 2);
  const Decision turn = change(key_of("website"), *down.result, Verdict::up, at);
  down.transition = turn.transition;
  down.service_state = turn.service_state;
  down.incident = incident;
  down.alerts = {alert_of(incident, 1, "ops", at), alert_of(incident, 1, "chat", at)};
  Incident manual = incident_of("website", "told", at);
  manual.timeline.front().author = "ann";
  commit_all(*store, {down, with_incident(manual)});
  EXPECT_EQ(store->claim(at, minutes(1), 1, {})->size(), 1u);
  return at;
}

struct Restored {
  TemporaryFolder folder;
  WallTime last_commit;
  RecordingLog log;
  std::unique_ptr<store::SqliteStore> store;
};

// The database of make_troubled_database(), lost and restored at `later` after its last commit.
std::unique_ptr<Restored> restore_troubled(milliseconds later) {
  auto restored = std::make_unique<Restored>();
  const std::filesystem::path file = restored->folder.file();
  restored->last_commit = make_troubled_database(file);
  back_up_to(file, restored->folder.path() / "allclear.db.v1.backup");
  spoil(file);
  auto opened = store::open_sqlite_store({file, {}, milliseconds(1'000)}, restored->last_commit + later, restored->log);
  EXPECT_TRUE(opened) << opened.error().message;
  if (opened) restored->store = std::move(*opened);
  return restored;
}

TEST(SqliteRecovery, R15_ABackupOfTheLastDayComesBackAsItWas) {
  for (const milliseconds later : {milliseconds(0), milliseconds(hours(24))}) {
    const auto restored = restore_troubled(later);
    ASSERT_TRUE(restored->store);
    EXPECT_EQ(restored->store->recovery().outcome, store::RecoveryOutcome::restored_backup);
    EXPECT_EQ(restored->store->recovery().backup->last_commit, restored->last_commit);
    EXPECT_EQ(restored->log.warnings, std::vector<std::string>{});
    const auto stored = restored->store->load();
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->open_incidents.size(), 2u);
    for (const StoredCheck& check : stored->checks) EXPECT_FALSE(check.archived);
    EXPECT_EQ(restored->store->claim(restored->last_commit + hours(25), minutes(1), 10, {})->size(), 2u);
  }
}

const std::vector<milliseconds> old_at{hours(24) + milliseconds(1), hours(48), -milliseconds(1), -hours(48)};

TEST(SqliteRecovery, R15_AnOldBackupKeepsItsHistoryAndPagesNobody) {
  for (const milliseconds later : old_at) {
    const auto restored = restore_troubled(later);
    ASSERT_TRUE(restored->store);
    const WallTime last = restored->last_commit;
    EXPECT_EQ(restored->store->recovery().outcome, store::RecoveryOutcome::restored_backup);
    EXPECT_EQ(restored->log.warnings, std::vector<std::string>{"restored_old_backup"});
    EXPECT_EQ(restored->log.errors, std::vector<std::string>{"database_restored_from_backup"});
    const auto stored = restored->store->load();
    ASSERT_TRUE(stored);
    ASSERT_EQ(stored->open_incidents.size(), 1u);
    EXPECT_EQ(stored->open_incidents[0].id.value(), "told");
    ASSERT_EQ(stored->recent_incidents.size(), 1u);
    const Incident& ended = stored->recent_incidents[0];
    EXPECT_EQ(ended.state, IncidentState::resolved);
    EXPECT_EQ(ended.resolved_at, last);
    ASSERT_EQ(ended.timeline.size(), 2u);
    EXPECT_EQ(ended.timeline[1].body, "Ended: restored from an old backup, what followed is not known");
    EXPECT_EQ(ended.timeline[1].ordinal, 2u);
    EXPECT_TRUE(restored->store->claim(last + hours(9'000), minutes(1), 10, {})->empty());
    const auto queries = open_queries(restored->folder.file());
    const auto ledger = queries->alerts({});
    ASSERT_EQ(ledger->alerts.size(), 2u);
    for (const AlertRecord& record : ledger->alerts) {
      EXPECT_EQ(record.alert.state, AlertState::dead);
      EXPECT_NE(record.alert.last_answer.find("old backup"), std::string::npos);
    }
    EXPECT_EQ(queries->history({ServiceId("website"), {}, {}, {}, 10, ""})->rows.size(), 2u);
  }
}

TEST(SqliteRecovery, R15_ServicesOfAnOldBackupAreJudgedAfresh) {
  for (const milliseconds later : old_at) {
    const auto restored = restore_troubled(later);
    ASSERT_TRUE(restored->store);
    const auto stored = restored->store->load();
    ASSERT_EQ(stored->checks.size(), 2u);
    for (const StoredCheck& check : stored->checks) EXPECT_TRUE(check.archived);
    ASSERT_EQ(stored->services.size(), 2u);
    for (const ServiceState& service : stored->services) {
      EXPECT_EQ(service, (ServiceState{service.service, Verdict::unknown, Reason::no_data, false, restored->last_commit}));
    }
    const WallTime now = restored->last_commit + later;
    ASSERT_TRUE(restored->store->put_catalogue(catalogue_of({"shop", "website"}), now));
    const auto revived = restored->store->load();
    for (const StoredCheck& check : revived->checks) EXPECT_FALSE(check.archived);
    // The row is the one of before, and an incident of its own may be opened.
    const WallTime next = std::max(now, restored->last_commit) + minutes(1);
    Decision down = with_state(key_of("website"), result_at(next, Verdict::down), 3);
    const Incident incident = incident_of("website", "again", next);
    down.incident = incident;
    down.alerts = {alert_of(incident, 1, "ops", next)};
    commit_all(*restored->store, {down});
    EXPECT_EQ(restored->store->claim(next, minutes(1), 10, {})->size(), 1u);
    const auto days = open_queries(restored->folder.file())->days(day_of(start_time()), next, every_service);
    ASSERT_EQ(days->size(), 2u);
    EXPECT_EQ(days->at(1).days.front().times.up, hours(14) - minutes(1));
    EXPECT_EQ(days->at(1).days.front().times.down, milliseconds(0));
  }
}

TEST(SqliteRecovery, R15_AnOldBackupIsSettledByTheNextStartWhenThisOneEndsBefore) {
  const TemporaryFolder folder;
  const WallTime last = make_troubled_database(folder.file());
  {
    auto connection = store::Connection::open(folder.file(), store::OpenMode::create);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(store::mark_old_backup(*connection, last));
  }
  for (const char* told : {"restored_old_backup", ""}) {
    RecordingLog log;
    const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, last + hours(48), log);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(log.warnings, *told == '\0' ? std::vector<std::string>{} : std::vector<std::string>{told});
    EXPECT_TRUE((*store)->claim(last + hours(48), minutes(1), 10, {})->empty());
  }
}

TEST(SqliteRecovery, R15_AStartThatEndsBetweenPuttingAsideAndRestoringIsTakenUp) {
  for (const bool with_backup : {true, false}) {
    const TemporaryFolder folder;
    make_database(folder.file());
    if (with_backup) back_up_to(folder.file(), folder.path() / "allclear.db.v1.backup");
    ASSERT_TRUE(store::begin_restore(folder.file()));
    ASSERT_TRUE(store::quarantine(folder.file(), start_time()));
    for (const bool first : {true, false}) {
      RecordingLog log;
      const auto store = store::open_sqlite_store({folder.file(), {}, milliseconds(1'000)}, lived_at(400), log);
      ASSERT_TRUE(store) << store.error().message;
      const auto outcome =
          with_backup ? store::RecoveryOutcome::restored_backup : store::RecoveryOutcome::started_empty;
      EXPECT_EQ((*store)->recovery().outcome, first ? outcome : store::RecoveryOutcome::opened);
      EXPECT_EQ(log.errors.size(), first ? 1u : 0u);
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "allclear.db.restoring"));
    if (with_backup) {
      EXPECT_EQ(lived_count(*open_queries(folder.file())), 400);
    }
  }
}

TEST(SqliteRecovery, R15_ABackupThatCannotBeReadIsTold) {
  const TemporaryFolder folder;
  make_database(folder.file());
  back_up_to(folder.file(), folder.path() / "allclear.db.v1.backup");
  const std::filesystem::path broken = folder.path() / "allclear.db.v0.backup";
  const std::filesystem::path empty = folder.path() / "allclear.db.empty.backup";
  std::ofstream(broken) << std::string(8'192, 'x');
  std::ofstream(empty).flush();
  RecordingLog log;
  EXPECT_EQ(store::backups_of(folder.file(), log).size(), 1u);
  EXPECT_EQ(log.warnings, (std::vector<std::string>{"backup_not_readable", "backup_not_readable"}));
  const auto told = [&](const std::string& text) {
    return std::any_of(log.texts.begin(), log.texts.end(),
                       [&](const std::string& one) { return one.find(text) != std::string::npos; });
  };
  EXPECT_TRUE(told(broken.string()));
  EXPECT_TRUE(told(empty.string()));
  EXPECT_TRUE(told("file is not a database"));
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
  RecordingLog log;
  const std::vector<store::Backup> found = store::backups_of(folder.file(), log);
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
                std::string(static_cast<std::size_t>(1 + round % 40), static_cast<char>(random())));
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
    static_cast<void>(queries->alerts({}));
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
