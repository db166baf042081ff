// Recovery: opening a database that may be broken. What is broken is put aside, never deleted, and never replaced in
// silence. Called at start, while this process holds the data folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/store/sqlite/connection.h"

namespace allclear::store {

enum class RecoveryOutcome : std::uint8_t { opened, created, restored_backup, started_empty };

struct Backup {
  std::filesystem::path file;
  WallTime last_commit;
};

// A backup whose last commit is older is left to a person: what it holds as open incidents and owed alerts was settled.
inline constexpr std::chrono::hours backup_serves{24};

struct Recovery {
  RecoveryOutcome outcome = RecoveryOutcome::opened;
  std::optional<std::filesystem::path> quarantined;  // where the broken file lies now
  std::optional<Backup> backup;                      // which one was restored
  std::vector<Backup> too_old;                       // which ones were not, for their age
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

// "allclear.db.…backup" files beside the database that can be read, the latest commit first.
std::vector<Backup> backups_of(const std::filesystem::path& file);

// Renames the database with its log files to "….corrupt-<time>". Returns the new name.
Result<std::filesystem::path> quarantine(const std::filesystem::path& file, WallTime now);
// Puts a copy of the backup in the database's place.
Result<void> restore_backup(const std::filesystem::path& backup, const std::filesystem::path& file);

}  // namespace allclear::store
