#include "adapters/store/sqlite/access_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "adapters/store/sqlite/data_folder.h"

namespace allclear::store {
namespace {

constexpr std::int64_t tokens_since = 1;
constexpr std::int64_t users_since = 2;
constexpr std::int64_t newest_schema = users_since;

std::int64_t schema_of(Connection& connection) {
  const std::int64_t found = connection.value("PRAGMA user_version").value_or(0);
  if (found > newest_schema) {
    connection.fail("the tokens and users have schema " + std::to_string(found) + ", this program knows up to " +
                    std::to_string(newest_schema) + ": use the newer allclear that wrote them");
  }
  return connection.ok() ? found : 0;
}

void make_token_table(Connection& connection) {
  connection.execute(
      "CREATE TABLE tokens (id TEXT NOT NULL UNIQUE, digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
      " kind INTEGER NOT NULL, scopes INTEGER NOT NULL, service TEXT NOT NULL, created_at INTEGER NOT NULL,"
      " expires_at INTEGER, last_used_at INTEGER, revoked_at INTEGER)");
  connection.execute("CREATE UNIQUE INDEX one_name ON tokens (name) WHERE revoked_at IS NULL");
}

void make_user_tables(Connection& connection) {
  connection.execute(
      "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, role INTEGER NOT NULL, password TEXT NOT NULL,"
      " created_at INTEGER NOT NULL, password_set_at INTEGER NOT NULL, last_login_at INTEGER, disabled_at INTEGER)");
  connection.execute(
      "CREATE TABLE sessions (id TEXT NOT NULL PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL,"
      " used_at INTEGER NOT NULL)");
}

}  // namespace

std::filesystem::path access_file(const std::filesystem::path& data_folder) { return data_folder / "access.db"; }

bool has_access_part(Connection& connection, AccessPart part) {
  return schema_of(connection) >= (part == AccessPart::tokens ? tokens_since : users_since);
}

void make_access_tables(Connection& connection) {
  const std::int64_t present = schema_of(connection);
  if (present == newest_schema) return;
  if (present < tokens_since) make_token_table(connection);
  make_user_tables(connection);
  connection.execute("PRAGMA user_version=" + std::to_string(newest_schema));
}

bool has_access_file(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

// Before SQLite sees it, so that nobody else can read it for a moment.
Result<void> make_access_file(const std::filesystem::path& file) {
  const auto reason_of = [](int error) { return std::generic_category().message(error); };
  if (auto made = make_data_folder(file.parent_path()); !made) return made;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    if (errno == EEXIST) return {};
    return failure("cannot make " + file.string() + ": " + reason_of(errno));
  }
  struct stat folder {};
  const bool for_another = ::geteuid() == 0 && ::stat(file.parent_path().c_str(), &folder) == 0 && folder.st_uid != 0;
  const int given = for_another ? ::fchown(descriptor, folder.st_uid, folder.st_gid) : 0;
  const int error = errno;
  ::close(descriptor);
  if (given != 0) return failure("cannot give " + file.string() + " to its folder's owner: " + reason_of(error));
  return {};
}

Result<Connection> open_access_file(const std::filesystem::path& file) {
  auto connection = Connection::open(file, OpenMode::existing);
  if (!connection) return connection;
  // What was written stays so through a power loss, the journal's removal included.
  connection->execute("PRAGMA synchronous=EXTRA");
  if (auto fault = connection->take_fault()) return tl::make_unexpected(std::move(*fault));
  return connection;
}

}  // namespace allclear::store
