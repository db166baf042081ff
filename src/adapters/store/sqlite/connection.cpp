#include "adapters/store/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace allclear::store {
namespace {

int access_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::create: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case OpenMode::existing: return SQLITE_OPEN_READWRITE;
    case OpenMode::read_only: return SQLITE_OPEN_READONLY;
  }
  return SQLITE_OPEN_READONLY;
}

// SQLite takes the mode of what it makes from the umask, and gives a new -wal and -shm the database's. What is there
// already is left alone: closing a descriptor of it would drop SQLite's locks.
void make_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

void StatementDeleter::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Connection::Closer::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Rows::Rows(Rows&& other) noexcept : connection_(other.connection_), statement_(other.statement_) {
  other.statement_ = nullptr;
}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  if (statement_ == nullptr || !connection_->ok()) return false;
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) connection_->note(code);
  return code == SQLITE_ROW;
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }
bool Rows::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::optional<WallTime> Rows::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

std::string_view Rows::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
}

Result<Connection> Connection::open(const std::filesystem::path& file, OpenMode mode) {
  const int access = access_of(mode);
  if (mode == OpenMode::create) make_private(file);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(handle);
  if (code != SQLITE_OK) return failure("cannot open " + file.string() + ": " + sqlite3_errstr(code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5'000);
  if (mode == OpenMode::read_only) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  connection.execute("PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0");
  if (auto fault = connection.take_fault()) return tl::make_unexpected(std::move(*fault));
  return connection;
}

sqlite3_stmt* Connection::prepared(std::string_view sql) {
  if (!ok()) return nullptr;
  std::string text(sql);
  const auto known = statements_.find(text);
  if (known != statements_.end()) return known->second.get();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) {
    note(code);
    return nullptr;
  }
  statements_.emplace(std::move(text), statement);
  return statement;
}

void Connection::execute(const std::string& sql) {
  if (!ok()) return;
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) note(code);
}

int Connection::changes() const { return sqlite3_changes(handle()); }

void Connection::watch_log(int& pages) {
  const auto note_pages = [](void* target, sqlite3*, const char*, int in_log) {
    *static_cast<int*>(target) = in_log;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle(), note_pages, &pages);
}

void Connection::checkpoint() {
  if (!ok()) return;
  const int code = sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY) note(code);
}

void Connection::note(int code) {
  const int kind = code & 0xff;
  const bool corrupt = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
  fail(std::string("database: ") + sqlite3_errmsg(handle()), corrupt ? FaultKind::corruption : FaultKind::other);
}

void Connection::fail(std::string message, FaultKind kind) {
  corrupt_ = corrupt_ || kind == FaultKind::corruption;
  if (!fault_) fault_ = Error{std::move(message)};
}

std::optional<Error> Connection::take_fault() {
  std::optional<Error> fault = std::move(fault_);
  fault_.reset();
  return fault;
}

void Connection::bind(sqlite3_stmt* statement, int index, std::string_view value) {
  if (statement == nullptr) return;
  const int code = sqlite3_bind_text64(statement, index, value.data() == nullptr ? "" : value.data(), value.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) note(code);
}

void Connection::bind(sqlite3_stmt* statement, int index, Bytes value) {
  if (statement == nullptr) return;
  const char* bytes = value.value.empty() ? "" : value.value.data();
  const int code = sqlite3_bind_blob64(statement, index, bytes, value.value.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) note(code);
}

void Connection::bind_integer(sqlite3_stmt* statement, int index, std::int64_t value) {
  if (statement == nullptr) return;
  const int code = sqlite3_bind_int64(statement, index, value);
  if (code != SQLITE_OK) note(code);
}

Transaction::Transaction(Connection& connection) : connection_(connection) { connection_.run("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (open_) roll_back();
}

Result<void> Transaction::commit() {
  connection_.run("COMMIT");
  if (connection_.ok()) {
    open_ = false;
    return {};
  }
  Error fault = std::move(*connection_.take_fault());
  roll_back();
  return tl::make_unexpected(std::move(fault));
}

// The fault that led here stays to be told; a full disk may have ended the transaction already.
void Transaction::roll_back() {
  open_ = false;
  if (sqlite3_get_autocommit(connection_.handle()) == 0) {
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace allclear::store
