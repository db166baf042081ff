#include "adapters/store/sqlite/sqlite_store.h"

#include "adapters/store/sqlite/writer.h"

namespace allclear::store {
namespace {

Result<std::unique_ptr<Writer>, OpenFault> try_open(const SqliteOptions& options, Log& log) {
  auto connection = open_database(options.file, options.integrity_budget);
  if (!connection) return tl::make_unexpected(connection.error());
  auto writer = std::make_unique<Writer>(std::move(*connection), options, log);
  if (auto recovered = writer->recover(); !recovered) return tl::make_unexpected(recovered.error());
  return writer;
}

void report(const Recovery& recovery, Log& log) {
  for (const Backup& backup : recovery.too_old) {
    log.warning("backup_too_old_to_restore",
                {{"backup", backup.file.string()}, {"last_commit", format_rfc3339(backup.last_commit)}});
  }
  const std::string aside = recovery.quarantined ? recovery.quarantined->string() : "";
  switch (recovery.outcome) {
    case RecoveryOutcome::opened:
    case RecoveryOutcome::created: return;
    case RecoveryOutcome::restored_backup:
      log.error("database_restored_from_backup", {{"cause", recovery.cause},
                                                  {"broken_file", aside},
                                                  {"backup", recovery.backup->file.string()},
                                                  {"last_commit", format_rfc3339(recovery.backup->last_commit)}});
      return;
    case RecoveryOutcome::started_empty:
      log.error("database_lost_started_empty", {{"cause", recovery.cause}, {"broken_file", aside}});
      return;
  }
}

// Puts the broken file aside and opens the newest backup that proves good and is no older than backup_serves, else an
// empty database.
Result<std::unique_ptr<Writer>, OpenFault> replace(const SqliteOptions& options, WallTime now, Recovery& recovery,
                                                   Log& log) {
  auto aside = quarantine(options.file, now);
  if (!aside) return tl::make_unexpected(OpenFault{OpenFaultKind::other, aside.error().message});
  recovery.quarantined = *aside;
  for (const Backup& backup : backups_of(options.file)) {
    if (now - backup.last_commit > backup_serves) {
      recovery.too_old.push_back(backup);
      continue;
    }
    if (!restore_backup(backup.file, options.file)) continue;
    auto writer = try_open(options, log);
    if (writer) {
      recovery.outcome = RecoveryOutcome::restored_backup;
      recovery.backup = backup;
      return writer;
    }
  }
  std::error_code ignored;
  std::filesystem::remove(options.file, ignored);
  recovery.outcome = RecoveryOutcome::started_empty;
  return try_open(options, log);
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const SqliteOptions& options, WallTime now, Log& log) {
  std::error_code error;
  Recovery recovery;
  if (!std::filesystem::exists(options.file, error)) recovery.outcome = RecoveryOutcome::created;
  auto writer = try_open(options, log);
  if (!writer && writer.error().kind == OpenFaultKind::corrupt) {
    recovery.cause = writer.error().message;
    writer = replace(options, now, recovery, log);
  }
  if (!writer) return failure(writer.error().message);
  report(recovery, log);
  (*writer)->set_recovery(std::move(recovery));
  return std::move(*writer);
}

}  // namespace allclear::store
