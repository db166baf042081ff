// Connection: one SQLite connection with its prepared statements. One thread at a time.
// Failures stick, as in a stream: after the first one every call does nothing, until take_fault(). So a sequence of
// statements is judged once, where its transaction ends.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace allclear::store {

// Bound and read as a BLOB; a plain text is bound as TEXT.
struct Bytes {
  std::string_view value;
};

struct StatementDeleter {
  void operator()(sqlite3_stmt* statement) const;
};
using StatementPointer = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

enum class FaultKind : std::uint8_t { other, corruption };
enum class OpenMode : std::uint8_t { create, existing, read_only };

class Connection;

// The rows of one statement, from the first next() on. Texts and blobs are valid until the next call of next().
// Statements are kept by their text: only one Rows of the same text may live at a time.
class Rows {
 public:
  Rows(Connection& connection, sqlite3_stmt* statement) : connection_(&connection), statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;

  bool next();
  std::int64_t integer(int column) const;
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  WallTime time(int column) const { return WallTime(milliseconds(integer(column))); }
  std::optional<WallTime> optional_time(int column) const;
  bool is_null(int column) const;
  std::string_view text(int column) const;  // of blobs too

 private:
  Connection* connection_;
  sqlite3_stmt* statement_;  // null after a fault
};

class Connection {
 public:
  // existing: as create, but the file must be there. read_only: never writes and never checkpoints.
  static Result<Connection> open(const std::filesystem::path& file, OpenMode mode);

  template <class... Arguments>
  Rows rows(std::string_view sql, const Arguments&... arguments) {
    sqlite3_stmt* statement = prepared(sql);
    int index = 0;
    (bind(statement, ++index, arguments), ...);
    return {*this, statement};
  }
  template <class... Arguments>
  void run(std::string_view sql, const Arguments&... arguments) {
    Rows result = rows(sql, arguments...);
    while (result.next()) {
    }
  }
  // The first column of the first row.
  template <class... Arguments>
  std::optional<std::int64_t> value(std::string_view sql, const Arguments&... arguments) {
    Rows result = rows(sql, arguments...);
    if (!result.next() || result.is_null(0)) return std::nullopt;
    return result.integer(0);
  }
  // Several statements without arguments, nothing kept prepared.
  void execute(const std::string& sql);
  int changes() const;  // rows of the last statement

  // `pages` follows the length of the write-ahead log; it must outlive the connection.
  void watch_log(int& pages);
  // Moves what the write-ahead log holds into the database, as far as readers allow.
  void checkpoint();

  bool ok() const { return !fault_; }
  void fail(std::string message, FaultKind kind = FaultKind::other);
  std::optional<Error> take_fault();
  // The last fault said that the file is no database or that its pages contradict each other.
  bool saw_corruption() const { return corrupt_; }
  sqlite3* handle() const { return handle_.get(); }

 private:
  friend class Rows;
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  sqlite3_stmt* prepared(std::string_view sql);
  void note(int code);
  template <std::integral Number>
  void bind(sqlite3_stmt* statement, int index, Number value) {
    bind_integer(statement, index, static_cast<std::int64_t>(value));
  }
  void bind(sqlite3_stmt* statement, int index, WallTime value) {
    bind_integer(statement, index, value.time_since_epoch().count());
  }
  void bind(sqlite3_stmt* statement, int index, milliseconds value) { bind_integer(statement, index, value.count()); }
  template <class Value>
  void bind(sqlite3_stmt* statement, int index, const std::optional<Value>& value) {
    if (value) bind(statement, index, *value);  // else it stays NULL
  }
  void bind(sqlite3_stmt* statement, int index, std::string_view value);
  void bind(sqlite3_stmt* statement, int index, Bytes value);
  void bind_integer(sqlite3_stmt* statement, int index, std::int64_t value);

  std::unique_ptr<sqlite3, Closer> handle_;  // outlives its statements: declared first
  std::unordered_map<std::string, StatementPointer> statements_;
  std::optional<Error> fault_;
  bool corrupt_ = false;
};

// BEGIN IMMEDIATE … COMMIT; rolled back unless commit() succeeded.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The first fault since the transaction began, if there was one; then nothing is stored.
  Result<void> commit();

 private:
  void roll_back();
  Connection& connection_;
  bool open_ = true;
};

}  // namespace allclear::store
