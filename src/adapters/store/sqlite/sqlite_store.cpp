#include "adapters/store/sqlite/sqlite_store.h"

#include "adapters/store/sqlite/old_backup.h"
#include "adapters/store/sqlite/writer.h"

namespace allclear::store {
namespace {

// `origin`: where the file's content came from.
Result<std::unique_ptr<Writer>, OpenFault> try_open(const SqliteOptions& options, const std::filesystem::path& origin,
                                                    Log& log) {
  auto connection = open_database(options.file, options.integrity_budget);
  if (!connection) return tl::make_unexpected(connection.error());
  const auto settled = settle_old_backup(*connection);
  if (!settled) {
    const OpenFaultKind kind = connection->saw_corruption() ? OpenFaultKind::corrupt : OpenFaultKind::other;
    return tl::make_unexpected(OpenFault{kind, settled.error().message});
  }
  auto writer = std::make_unique<Writer>(std::move(*connection), options, log);
  if (auto recovered = writer->recover(); !recovered) return tl::make_unexpected(recovered.error());
  if (*settled) {
    log.warning("restored_old_backup", {{"path", origin.string()}, {"last_commit", format_rfc3339(**settled)}});
  }
  return writer;
}

void report(const Recovery& recovery, Log& log) {
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

tl::unexpected<OpenFault> other_fault(const Error& error) {
  return tl::make_unexpected(OpenFault{OpenFaultKind::other, error.message});
}

// Puts the broken file aside, if it still is there, and opens the newest backup that proves good, else an empty database.
Result<std::unique_ptr<Writer>, OpenFault> replace(const SqliteOptions& options, WallTime now, Recovery& recovery,
                                                   Log& log) {
  std::error_code ignored;
  if (auto begun = begin_restore(options.file); !begun) return other_fault(begun.error());
  const bool there = std::filesystem::exists(options.file, ignored);
  auto aside = quarantine(options.file, now);
  if (!aside) return other_fault(aside.error());
  if (there) recovery.quarantined = *aside;
  for (const Backup& backup : backups_of(options.file, log)) {
    if (auto restored = restore_backup(backup, options.file, now); !restored) {
      log.warning("backup_not_readable", {{"path", backup.file.string()}, {"error", restored.error().message}});
      continue;
    }
    auto writer = try_open(options, backup.file, log);
    if (writer) {
      recovery.outcome = RecoveryOutcome::restored_backup;
      recovery.backup = backup;
      return writer;
    }
    log.warning("backup_not_readable", {{"path", backup.file.string()}, {"error", writer.error().message}});
  }
  if (auto begun = begin_restore(options.file); !begun) return other_fault(begun.error());
  std::filesystem::remove(options.file, ignored);
  recovery.outcome = RecoveryOutcome::started_empty;
  auto writer = try_open(options, options.file, log);
  if (writer) end_restore(options.file);
  return writer;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const SqliteOptions& options, WallTime now, Log& log) {
  std::error_code error;
  Recovery recovery;
  const bool cut_off = restore_was_cut_off(options.file);
  if (!std::filesystem::exists(options.file, error)) recovery.outcome = RecoveryOutcome::created;
  auto writer = cut_off ? Result<std::unique_ptr<Writer>, OpenFault>(tl::make_unexpected(OpenFault{
                              OpenFaultKind::corrupt, "the database was put aside, and its replacement cut off"}))
                        : try_open(options, options.file, log);
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
