#include "adapters/store/sqlite/recovery.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>

#include <sqlite3.h>

#include "adapters/store/sqlite/migration.h"
#include "adapters/store/sqlite/old_backup.h"
#include "adapters/store/sqlite/timeline_table.h"

namespace allclear::store {
namespace {

constexpr std::array<std::string_view, 7> small_tables{"services",  "checks", "states",     "intervals",
                                                       "incidents", "alerts", "alert_tries"};
constexpr std::array<const char*, 4> file_endings{"", "-wal", "-shm", "-journal"};
constexpr std::string_view restoring = ".restoring";
constexpr std::string_view creating = ".creating";  // until a new database has its tables: until then nothing is in it

std::filesystem::path with_ending(const std::filesystem::path& file, std::string_view ending) {
  std::filesystem::path result = file;
  result += ending;
  return result;
}

void remove_database(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* ending : file_endings) std::filesystem::remove(with_ending(file, ending), ignored);
}

// Durable before the database is: where it cannot be written, neither can that.
void put_sign(const std::filesystem::path& sign) {
  std::ofstream(sign, std::ios::app).flush();
  (void)sync_path(sign.parent_path());
}

// An Error: why it cannot be restored.
Result<WallTime> last_commit_of(const std::filesystem::path& backup) {
  auto connection = Connection::open(backup, OpenMode::read_only);
  if (!connection) return tl::make_unexpected(connection.error());
  const auto last = last_alive(*connection);
  if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
  if (!last) return failure("it does not hold when it was last written");
  return *last;
}

tl::unexpected<OpenFault> open_fault(Connection& connection) {
  const OpenFaultKind kind = connection.saw_corruption() ? OpenFaultKind::corrupt : OpenFaultKind::other;
  return tl::make_unexpected(OpenFault{kind, connection.take_fault()->message});
}

// "ok", or what is wrong; nothing when it could not be finished.
std::optional<std::string> quick_check(Connection& connection, const std::string& argument) {
  auto rows = connection.rows("PRAGMA quick_check(" + argument + ")");
  if (!rows.next()) return std::nullopt;
  return std::string(rows.text(0));
}

// Interrupts what the connection does once the time is up. A progress handler would not do: it is not called while
// the check walks the pages of all tables, which takes seconds on a large file.
class TimeLimit {
 public:
  TimeLimit(Connection& connection, milliseconds budget)
      : thread_([this, handle = connection.handle(), budget] {
          std::unique_lock lock(mutex_);
          if (!ended_.wait_for(lock, budget, [this] { return over_; })) sqlite3_interrupt(handle);
        }) {}
  ~TimeLimit() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

std::optional<std::string> find_damage(Connection& connection, milliseconds budget) {
  for (const std::string_view table : small_tables) {
    // An older schema has not all of them yet.
    if (!connection.value("SELECT 1 FROM sqlite_schema WHERE name = ?", table)) continue;
    const auto found = quick_check(connection, std::string(table));
    if (found && *found != "ok") return found;
  }
  if (!connection.ok() || budget <= milliseconds(0)) return std::nullopt;
  const TimeLimit limit(connection, budget);
  const auto found = quick_check(connection, "1");
  if (!found && !connection.saw_corruption()) connection.take_fault();  // interrupted: the time was up
  return found && *found != "ok" ? found : std::nullopt;
}

}  // namespace

bool is_old(const Backup& backup, WallTime now) {
  return now - backup.last_commit > backup_serves || backup.last_commit > now;
}

Result<Connection, OpenFault> open_database(const std::filesystem::path& file, milliseconds budget) {
  std::error_code error;
  const std::filesystem::path sign = with_ending(file, creating);
  const bool existed = std::filesystem::exists(file, error);
  const bool was_cut_off = existed && std::filesystem::exists(sign, error);
  if (!existed) put_sign(sign);
  if (existed && !was_cut_off && std::filesystem::file_size(file, error) == 0) {
    return tl::make_unexpected(OpenFault{OpenFaultKind::corrupt, "the database file is empty"});
  }
  auto connection = Connection::open(file, OpenMode::create);
  if (!connection) return tl::make_unexpected(OpenFault{OpenFaultKind::other, connection.error().message});
  connection->execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2000; PRAGMA journal_size_limit=16777216");
  const auto damage = existed ? find_damage(*connection, budget) : std::nullopt;
  if (!connection->ok()) return open_fault(*connection);
  if (damage) return tl::make_unexpected(OpenFault{OpenFaultKind::corrupt, *damage});
  if (auto migrated = migrate(*connection, file, migrations()); !migrated) {
    const OpenFaultKind kind = connection->saw_corruption() ? OpenFaultKind::corrupt : OpenFaultKind::other;
    return tl::make_unexpected(OpenFault{kind, migrated.error().message});
  }
  std::filesystem::remove(sign, error);
  return std::move(*connection);
}

std::vector<Backup> backups_of(const std::filesystem::path& file, Log& log) {
  std::vector<Backup> found;
  const std::string prefix = file.filename().string() + ".";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with("backup")) continue;
    const auto last = last_commit_of(entry.path());
    if (last) {
      found.push_back({entry.path(), *last});
    } else {
      log.warning("backup_not_readable", {{"path", entry.path().string()}, {"error", last.error().message}});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Backup& left, const Backup& right) { return left.last_commit > right.last_commit; });
  return found;
}

Result<std::filesystem::path> quarantine(const std::filesystem::path& file, WallTime now) {
  const std::string stem = file.string() + ".corrupt-" + format_rfc3339(std::chrono::floor<seconds>(now));
  std::filesystem::path target = stem;
  for (int i = 2; std::filesystem::exists(target); ++i) target = stem + "-" + std::to_string(i);
  for (const char* ending : file_endings) {
    std::error_code error;
    if (!std::filesystem::exists(with_ending(file, ending), error)) continue;
    std::filesystem::rename(with_ending(file, ending), with_ending(target, ending), error);
    if (error) return failure("cannot put " + file.string() + " aside: " + error.message());
  }
  return target;
}

Result<void> begin_restore(const std::filesystem::path& file) {
  const std::filesystem::path sign = with_ending(file, restoring);
  if (!std::ofstream(sign, std::ios::app)) return failure("cannot write " + sign.string());
  return sync_path(file.parent_path());
}

bool restore_was_cut_off(const std::filesystem::path& file) {
  std::error_code error;
  return !std::filesystem::exists(file, error) && std::filesystem::exists(with_ending(file, restoring), error);
}

void end_restore(const std::filesystem::path& file) { remove_database(with_ending(file, restoring)); }

Result<void> restore_backup(const Backup& backup, const std::filesystem::path& file, WallTime now) {
  const std::filesystem::path copy = with_ending(file, restoring);
  for (const char* ending : file_endings) {
    std::error_code ignored;
    if (*ending != '\0') std::filesystem::remove(with_ending(copy, ending), ignored);
  }
  std::error_code error;
  std::filesystem::copy_file(backup.file, copy, std::filesystem::copy_options::overwrite_existing, error);
  if (error) return failure("cannot copy " + backup.file.string() + ": " + error.message());
  if (is_old(backup, now)) {
    auto connection = Connection::open(copy, OpenMode::create);
    if (!connection) return tl::make_unexpected(connection.error());
    connection->execute("PRAGMA journal_mode=DELETE");  // the copy is one file when it is renamed
    if (auto marked = mark_old_backup(*connection, backup.last_commit); !marked) return marked;
  }
  if (auto synced = sync_path(copy); !synced) return synced;
  remove_database(file);
  std::filesystem::rename(copy, file, error);
  if (error) return failure("cannot put " + copy.string() + " in its place: " + error.message());
  return sync_path(file.parent_path());
}

}  // namespace allclear::store
