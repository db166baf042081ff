// The reading half of Writer: recovery of what lives in memory, and load().
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/incident_codec.h"
#include "adapters/store/codec/plan_codec.h"
#include "adapters/store/codec/result_codec.h"
#include "adapters/store/codec/state_codec.h"
#include "adapters/store/sqlite/migration.h"
#include "adapters/store/sqlite/outbox_table.h"
#include "adapters/store/sqlite/packed_rows.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/service_column.h"
#include "adapters/store/sqlite/writer.h"

namespace allclear::store {
namespace {

template <class Word>
std::optional<Word> to_word(std::int64_t number, Word last) {
  if (number < 0 || number > static_cast<std::int64_t>(last)) return std::nullopt;
  return static_cast<Word>(number);
}

std::optional<WallTime> meta_time(Connection& connection, std::string_view name) {
  const auto value = connection.value("SELECT value FROM meta WHERE name = ?", name);
  return value ? std::optional(WallTime(milliseconds(*value))) : std::nullopt;
}

}  // namespace

Result<void, OpenFault> Writer::recover() {
  identities_.load();
  alive_ = meta_time(connection_, "alive_at");
  through_ = flushed_at_ = meta_time(connection_, "times_through");
  rolled_up_to_ = connection_.value("SELECT value FROM meta WHERE name = 'rolled_up_to'").value_or(0);
  next_row_ = rolled_up_to_ + 1;
  const bool whole = read_last_results() && replay_log() && load().has_value();
  if (auto fault = connection_.take_fault()) {
    const OpenFaultKind kind = connection_.saw_corruption() ? OpenFaultKind::corrupt : OpenFaultKind::other;
    return tl::make_unexpected(OpenFault{kind, fault->message});
  }
  if (!whole) return tl::make_unexpected(OpenFault{OpenFaultKind::corrupt, "a stored row cannot be understood"});
  return {};
}

bool Writer::read_last_results() {
  auto rows = connection_.rows("SELECT number, last FROM checks WHERE last IS NOT NULL");
  while (rows.next()) {
    ByteReader reader(rows.text(1));
    auto last = read_result(reader);
    if (!last) return false;
    last_[rows.integer(0)] = std::move(*last);
  }
  return true;
}

bool Writer::replay_log() {
  // One look-up a row: there may be millions.
  struct Replayed {
    ServiceNumber service = 0;
    CheckResult* last = nullptr;
    std::int64_t hour = -1;
    std::int64_t last_packed = 0;  // of that hour
  };
  std::unordered_map<CheckNumber, Replayed> checks;
  for (const auto& [key, check] : identities_.checks()) checks[check.number].service = check.service;
  PackedRows packed(connection_);
  auto rows = connection_.rows("SELECT row, result FROM recent ORDER BY row");
  while (rows.next()) {
    const std::int64_t row = rows.integer(0);
    ByteReader reader(rows.text(1));
    const auto check = static_cast<CheckNumber>(reader.number());
    const auto known = checks.find(check);
    if (known == checks.end()) return false;
    Replayed& one = known->second;
    if (one.last == nullptr) one.last = &last_[check];
    CheckResult& result = *one.last;
    if (!read_result(reader, result)) return false;
    if (const std::int64_t hour = hour_number(result.at); hour != one.hour) {
      one.hour = hour;
      one.last_packed = packed.last(check, hour);
    }
    if (row > one.last_packed) recent_->append(check, row, result);
    if (row > rolled_up_to_) rollups_.add(one.service, result);
    alive_ = std::max(alive_.value_or(result.at), result.at);
    next_row_ = std::max(next_row_, row + 1);
    result.detail.clear();
  }
  recent_->note_newest(next_row_ - 1);
  return true;
}

Result<StoredState> Writer::load() {
  StoredState stored;
  load_checks(stored);
  load_services(stored);
  load_incidents(stored);
  load_plans(stored);
  stored.deliveries = last_deliveries(connection_, alive_.value_or(WallTime{}) - std::chrono::hours(24));
  stored.last_start = meta_time(connection_, "last_start");
  stored.page_seq =
      static_cast<std::uint64_t>(connection_.value("SELECT value FROM meta WHERE name = 'page_seq'").value_or(0));
  stored.alive_at = alive_;
  if (auto fault = connection_.take_fault()) return tl::make_unexpected(std::move(*fault));
  return stored;
}

void Writer::load_checks(StoredState& stored) {
  std::unordered_map<CheckNumber, CheckState> states;
  auto rows = connection_.rows("SELECT check_number, version, state FROM states");
  while (rows.next()) {
    auto state = unpack_state(rows.text(2), rows.count(1));
    if (!state) return connection_.fail(state.error().message, FaultKind::corruption);
    states.emplace(rows.integer(0), std::move(*state));
  }
  std::unordered_set<CheckNumber> archived;
  auto away = connection_.rows("SELECT number FROM checks WHERE archived_at IS NOT NULL");
  while (away.next()) archived.insert(away.integer(0));
  for (const auto& [key, check] : identities_.checks()) {
    const auto state = states.find(check.number);
    const auto last = last_.find(check.number);
    if (state == states.end() && last == last_.end()) continue;
    StoredCheck row{key, state == states.end() ? CheckState{} : state->second, archived.contains(check.number)};
    if (last != last_.end()) fill_last(row.state, last->second);
    stored.checks.push_back(std::move(row));
  }
  std::sort(stored.checks.begin(), stored.checks.end(),
            [](const StoredCheck& left, const StoredCheck& right) { return left.key < right.key; });
}

void Writer::load_services(StoredState& stored) {
  auto rows = connection_.rows("SELECT id, verdict, reason, since FROM services WHERE verdict IS NOT NULL ORDER BY id");
  while (rows.next()) {
    ServiceState state;
    state.service = ServiceId(rows.text(0));
    state.since = rows.time(3);
    const auto reason = to_word(rows.integer(2), Reason::local_fault);
    if (!read_column(rows.integer(1), state) || !reason)
      return connection_.fail("broken service row", FaultKind::corruption);
    state.reason = *reason;
    stored.services.push_back(std::move(state));
  }
}

void Writer::load_plans(StoredState& stored) {
  auto rows = connection_.rows("SELECT document FROM plans ORDER BY id");
  while (rows.next()) {
    auto plan = unpack_plan(rows.text(0));
    if (!plan) return connection_.fail(plan.error().message, FaultKind::corruption);
    stored.planned.push_back(std::move(*plan));
  }
}

void Writer::load_incidents(StoredState& stored) {
  const WallTime reach = alive_.value_or(WallTime{}) - std::chrono::hours(24);
  auto rows = connection_.rows(
      "SELECT document FROM incidents WHERE resolved_at IS NULL OR resolved_at >= ? ORDER BY rowid", reach);
  while (rows.next()) {
    auto incident = unpack_incident(rows.text(0));
    if (!incident) return connection_.fail(incident.error().message, FaultKind::corruption);
    (incident->open() ? stored.open_incidents : stored.recent_incidents).push_back(std::move(*incident));
  }
}

// As at a start, but on a connection that cannot write, in one transaction.
Result<StoredState> read_sqlite_state(const std::filesystem::path& file) {
  auto connection = open_reader(file);
  if (!connection) return tl::make_unexpected(connection.error());
  connection->run("BEGIN");
  const auto log = make_silent_log();
  SqliteOptions options;
  options.file = file;
  Writer reader(std::move(*connection), options, *log);
  if (auto fault = reader.recover(); !fault) return failure(fault.error().message);
  return reader.load();
}

}  // namespace allclear::store
