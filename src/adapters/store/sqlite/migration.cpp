#include "adapters/store/sqlite/migration.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

namespace allclear::store {
namespace {

Result<void> apply(Connection& connection, const Migration& step) {
  Transaction transaction(connection);
  for (const std::string_view statement : step.statements) connection.execute(std::string(statement));
  if (step.fill != nullptr) step.fill(connection);
  connection.execute("PRAGMA user_version=" + std::to_string(step.version));
  return transaction.commit();
}

}  // namespace

Result<Connection> open_reader(const std::filesystem::path& file) {
  auto connection = Connection::open(file, OpenMode::read_only);
  if (!connection) return connection;
  const auto version = connection->value("PRAGMA user_version");
  if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
  if (version != migrations().back().version) {
    return failure(file.string() + " has schema " + std::to_string(version.value_or(0)) + ", this program reads " +
                   std::to_string(migrations().back().version));
  }
  return connection;
}

Result<void> sync_path(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure("cannot open " + path.string() + ": " + std::generic_category().message(errno));
  const int status = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (status != 0) return failure("cannot sync " + path.string() + ": " + std::generic_category().message(error));
  return {};
}

Result<void> back_up(Connection& connection, const std::filesystem::path& target) {
  std::filesystem::path unfinished = target;
  unfinished += ".unfinished";
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  connection.run("VACUUM INTO ?", unfinished.string());
  if (auto fault = connection.take_fault()) return failure("backup to " + target.string() + ": " + fault->message);
  if (auto synced = sync_path(unfinished); !synced) return synced;
  std::error_code error;
  std::filesystem::rename(unfinished, target, error);
  if (error) return failure("cannot rename the backup to " + target.string() + ": " + error.message());
  return sync_path(target.parent_path());
}

Result<MigrationReport> migrate(Connection& connection, const std::filesystem::path& file,
                                std::span<const Migration> steps) {
  const auto version = connection.value("PRAGMA user_version");
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  MigrationReport report{static_cast<int>(version.value_or(0)), static_cast<int>(version.value_or(0)), std::nullopt};
  const int newest = steps.empty() ? 0 : steps.back().version;
  if (report.from > newest) {
    return failure(file.string() + " has schema " + std::to_string(report.from) + ", this program knows up to " +
                   std::to_string(newest) + ": use the newer allclear that wrote it, or restore a backup");
  }
  for (const Migration& step : steps) {
    if (step.version <= report.from) continue;
    if (report.from > 0 && !report.backup) {
      std::filesystem::path target = file;
      target += ".v" + std::to_string(report.from) + ".backup";
      if (auto made = back_up(connection, target); !made) return tl::make_unexpected(made.error());
      report.backup = target;
    }
    if (auto applied = apply(connection, step); !applied) {
      return failure("migration to schema " + std::to_string(step.version) + ": " + applied.error().message);
    }
    report.to = step.version;
  }
  return report;
}

}  // namespace allclear::store
