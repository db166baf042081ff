// SqliteResults: hour after hour of all checks, from chunks and from what is not packed yet. An hour is in memory at a
// time: about 200 bytes a result.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "adapters/store/codec/point_chunk.h"
#include "adapters/store/sqlite/migration.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/sqlite_store.h"
#include "adapters/store/sqlite/unpacked_hours.h"

namespace allclear::store {
namespace {

class SqliteResults final : public StoredResults {
 public:
  explicit SqliteResults(Connection connection) : connection_(std::move(connection)) {}

  Result<void> read(WallTime from, WallTime to, const TakeResult& take) override {
    unpacked_.clear();
    connection_.run("BEGIN");
    read_keys();
    unpacked_.scan_log(connection_, [&](std::int64_t check) { return keys_.contains(check); });
    connection_.run("COMMIT");
    const std::int64_t beyond = hour_number(to) + 1;
    for (auto hour = hour_from(hour_number(from)); hour && *hour < beyond; hour = hour_from(*hour + 1))
      read_hour(*hour, from, to, take);
    if (auto fault = connection_.take_fault()) {
      connection_.execute("ROLLBACK");
      connection_.take_fault();
      return tl::make_unexpected(std::move(*fault));
    }
    return {};
  }

 private:
  void read_keys() {
    keys_.clear();
    auto rows = connection_.rows(
        "SELECT checks.number, services.id, checks.id, location FROM checks JOIN services ON services.number = "
        "service");
    while (rows.next()) {
      keys_.emplace(rows.integer(0),
                    CheckKey{ServiceId(rows.text(1)), CheckId(rows.text(2)), LocationId(rows.text(3))});
    }
  }

  // The first hour from this one on that may hold results.
  std::optional<std::int64_t> hour_from(std::int64_t hour) {
    const auto row = connection_.value("SELECT min(row) FROM chunks WHERE row >= ?", chunk_row(hour, 0, 0));
    std::optional<std::int64_t> found = row ? std::optional(chunk_hour(*row)) : std::nullopt;
    if (const auto fresh = unpacked_.oldest_from(hour)) found = std::min(found.value_or(*fresh), *fresh);
    return connection_.ok() ? found : std::nullopt;
  }

  // A transaction of its own: a long one would keep the write-ahead log from being used again.
  void read_hour(std::int64_t hour, WallTime from, WallTime to, const TakeResult& take) {
    struct Place {
      const CheckKey* key;
      const CheckResult* result;
    };
    connection_.run("BEGIN");
    const auto packed = read_chunks(hour);
    connection_.run("COMMIT");
    std::vector<Place> order;
    const auto add = [&](std::int64_t check, const std::vector<CheckResult>& results) {
      const auto key = keys_.find(check);
      if (key == keys_.end()) return;  // made since: it has no history
      for (const CheckResult& result : results) {
        if (from <= result.at && result.at < to) order.push_back({&key->second, &result});
      }
    };
    for (const auto& [check, results] : packed) add(check, results);
    for (const std::int64_t check : unpacked_.checks_of(hour)) add(check, unpacked_.results(check, hour));
    std::stable_sort(order.begin(), order.end(),
                     [](const Place& left, const Place& right) { return left.result->at < right.result->at; });
    if (!connection_.ok()) return;
    for (const Place& place : order) take(*place.key, *place.result);
  }

  std::vector<std::pair<std::int64_t, std::vector<CheckResult>>> read_chunks(std::int64_t hour) {
    std::vector<std::pair<std::int64_t, std::vector<CheckResult>>> packed;
    auto chunks =
        connection_.rows("SELECT row, last_recent, points FROM chunks WHERE row >= ? AND row < ? ORDER BY row",
                         chunk_row(hour, 0, 0), chunk_row(hour + 1, 0, 0));
    while (chunks.next()) {
      const std::int64_t check = chunk_check(chunks.integer(0));
      const std::int64_t last_row = chunks.integer(1);
      if (unpacked_.covers(check, hour, last_row) || unpacked_.is_older_than(last_row)) continue;
      auto points = read_chunk(chunks.text(2));
      if (!points) {
        connection_.fail(points.error().message, FaultKind::corruption);
        break;
      }
      packed.emplace_back(check, std::move(*points));
    }
    return packed;
  }

  Connection connection_;
  std::unordered_map<std::int64_t, CheckKey> keys_;
  UnpackedHours unpacked_;
};

}  // namespace

Result<std::unique_ptr<StoredResults>> open_sqlite_results(const std::filesystem::path& file) {
  auto connection = open_reader(file);
  if (!connection) return tl::make_unexpected(connection.error());
  return std::make_unique<SqliteResults>(std::move(*connection));
}

}  // namespace allclear::store
