#include "adapters/store/sqlite/timeline_table.h"

#include <algorithm>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/result_codec.h"

namespace allclear::store {
namespace {

// A number that no build of ours wrote is shown as unknown.
ShownState to_state(std::int64_t number) {
  const bool fits = number >= 0 && number <= static_cast<std::int64_t>(ShownState::unknown);
  return fits ? static_cast<ShownState>(number) : ShownState::unknown;
}

}  // namespace

void enter_stored_state(Connection& connection, std::int64_t service, WallTime at, ShownState state) {
  connection.run("DELETE FROM intervals WHERE service = ? AND at >= ?", service, at);
  const auto before =
      connection.value("SELECT state FROM intervals WHERE service = ? ORDER BY at DESC LIMIT 1", service);
  if (before && to_state(*before) == state) return;
  if (!before && state == ShownState::unknown) return;
  connection.run("INSERT INTO intervals (service, at, state) VALUES (?, ?, ?)", service, at, static_cast<int>(state));
}

Timeline read_timeline(Connection& connection, std::int64_t service, WallTime from) {
  Timeline timeline;
  auto before = connection.rows(
      "SELECT at, state FROM intervals WHERE service = ? AND at <= ? ORDER BY at DESC LIMIT 1", service, from);
  if (before.next()) timeline.push_back({before.time(0), to_state(before.integer(1))});
  auto after =
      connection.rows("SELECT at, state FROM intervals WHERE service = ? AND at > ? ORDER BY at", service, from);
  while (after.next()) timeline.push_back({after.time(0), to_state(after.integer(1))});
  return timeline;
}

std::vector<Absence> read_absences(Connection& connection, WallTime from) {
  std::vector<Absence> absences;
  auto rows = connection.rows("SELECT from_at, to_at FROM absences WHERE to_at > ? ORDER BY from_at", from);
  while (rows.next()) absences.push_back({rows.time(0), rows.time(1)});
  return absences;
}

void add_absence(Connection& connection, const Absence& absence) {
  connection.run("INSERT OR REPLACE INTO absences (from_at, to_at) VALUES (?, ?)", absence.from, absence.to);
}

void end_absences(Connection& connection, WallTime at) {
  connection.run("DELETE FROM absences WHERE from_at >= ?", at);
  connection.run("UPDATE absences SET to_at = ?1 WHERE to_at > ?1", at);
}

std::optional<WallTime> last_alive(Connection& connection) {
  std::optional<WallTime> alive;
  if (const auto stored = connection.value("SELECT value FROM meta WHERE name = 'alive_at'")) {
    alive = WallTime(milliseconds(*stored));
  }
  auto newest = connection.rows("SELECT result FROM recent ORDER BY row DESC LIMIT 1");
  if (!newest.next()) return alive;
  ByteReader reader(newest.text(0));
  reader.number();
  if (const auto result = read_result(reader)) alive = std::max(alive.value_or(result->at), result->at);
  return alive;
}

std::optional<WallTime> first_known(Connection& connection) {
  const auto first = connection.value("SELECT min(at) FROM intervals WHERE at > 0");
  return first ? std::optional(WallTime(milliseconds(*first))) : std::nullopt;
}

}  // namespace allclear::store
