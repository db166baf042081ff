// Recovery: opening a database that may be broken. What is broken is put aside, never deleted, and never replaced in
// silence. Called at start, while this process holds the data folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "base/log.h"

namespace allclear::store {

enum class RecoveryOutcome : std::uint8_t { opened, created, restored_backup, started_empty };

struct Backup {
  std::filesystem::path file;
  WallTime last_commit;
};

// A backup whose last commit is older, or lies ahead of the clock, has its incidents and alerts ended when it is restored:
// what it holds as open was settled since, or may have been.
inline constexpr std::chrono::hours backup_serves{24};
bool is_old(const Backup& backup, WallTime now);

struct Recovery {
  RecoveryOutcome outcome = RecoveryOutcome::opened;
  std::optional<std::filesystem::path> quarantined;  // where the broken file lies now
  std::optional<Backup> backup;                      // which one was restored
  std::string cause;                                 // what was found broken; empty: nothing
};

enum class OpenFaultKind : std::uint8_t { corrupt, other };

struct OpenFault {
  OpenFaultKind kind = OpenFaultKind::other;
  std::string message;
};

// Opens (or creates), sets the journal mode, checks the integrity and migrates. The small tables are always checked
// whole; the history for at most `budget` (0: not at all): a broken page there may be found later, as the Error of a query.
Result<Connection, OpenFault> open_database(const std::filesystem::path& file, milliseconds budget);

// "allclear.db.…backup" files beside the database that can be read, the latest commit first. The log tells of others.
std::vector<Backup> backups_of(const std::filesystem::path& file, Log& log);

// Renames the database with its log files to "….corrupt-<time>". Returns the new name.
Result<std::filesystem::path> quarantine(const std::filesystem::path& file, WallTime now);

// "allclear.db.restoring" lies beside the database from before it is put aside until another one is whole in its place:
// a process that ends between the two does not leave a place that looks as if nothing had ever been there.
Result<void> begin_restore(const std::filesystem::path& file);
bool restore_was_cut_off(const std::filesystem::path& file);
void end_restore(const std::filesystem::path& file);
// Puts a copy of the backup in the database's place; an old one is marked for settle_old_backup().
Result<void> restore_backup(const Backup& backup, const std::filesystem::path& file, WallTime now);

}  // namespace allclear::store
