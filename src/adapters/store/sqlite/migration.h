// Migration of a database to the newest schema, with a backup first. Called at start, before anything else writes.
#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {

struct MigrationReport {
  int from = 0;
  int to = 0;
  std::optional<std::filesystem::path> backup;  // made before the first step, when there was something to lose
};

// Each step is one transaction that also carries its version: killed anywhere, the next start goes on with the step
// that was not finished. A version above the newest step is refused.
Result<MigrationReport> migrate(Connection& connection, const std::filesystem::path& file,
                                std::span<const Migration> steps);

// For readers beside the one that writes: read-only, and of the newest schema or an Error.
Result<Connection> open_reader(const std::filesystem::path& file);

// A file's or folder's own content is on the disk when it returns.
Result<void> sync_path(const std::filesystem::path& path);

// A copy of the database as it stands, whole and synced, or nothing.
Result<void> back_up(Connection& connection, const std::filesystem::path& target);

}  // namespace allclear::store
