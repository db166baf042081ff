// SqliteStore: CheckLog and Outbox on one SQLite file, for the runtime's writer thread (the only one that writes or
// checkpoints). Readers open their own SqliteQueries on the same file. The process must hold the DataFolder.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/store/sqlite/packing.h"
#include "adapters/store/sqlite/recovery.h"
#include "base/log.h"
#include "core/ports/store.h"
#include "core/ports/stored_results.h"

namespace allclear::store {

struct SqliteOptions {
  std::filesystem::path file;
  Retention retention;
  milliseconds integrity_budget{1'000};  // for checking the history at start; small tables are always checked
};

class SqliteStore : public CheckLog, public Outbox {
 public:
  // What opening had to do; anything but opened and created was also written to the log as an error.
  virtual const Recovery& recovery() const = 0;
  // For SqliteQueries of this process: what is committed but not packed yet.
  virtual std::shared_ptr<const RecentPoints> recent() const = 0;
};

// `log` outlives the store. A newer schema, a file without permission and the like are an Error; a broken file is put aside.
Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const SqliteOptions& options, WallTime now, Log& log);

// Own read-only connection; never checkpoints. With `recent` rows of the current hour are found without reading the
// whole log; another process leaves it out.
Result<std::unique_ptr<Queries>> open_sqlite_queries(const std::filesystem::path& file,
                                                     std::shared_ptr<const RecentPoints> recent = nullptr);
// What CheckLog::load() says, read beside a process that writes.
Result<StoredState> read_sqlite_state(const std::filesystem::path& file);
// The same, also beside a process that writes.
Result<std::unique_ptr<StoredResults>> open_sqlite_results(const std::filesystem::path& file);

}  // namespace allclear::store
