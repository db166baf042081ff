#include "adapters/store/sqlite/schema.h"

#include <algorithm>
#include <array>

#include "adapters/store/sqlite/day_sheets.h"

namespace allclear::store {
namespace {

// recent: the append log, one packed result per row, no index. chunks: a check's hour, packed. intervals: each
// service's confirmed states, back-dated. absences: when no monitor was running. hourly, daily: rollups, clustered by
// time, so that the rows that one flush changes lie side by side.
constexpr std::array<std::string_view, 17> first_schema{
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE services (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, patience INTEGER NOT NULL DEFAULT "
    "300000,"
    " verdict INTEGER, reason INTEGER, since INTEGER, archived_at INTEGER)",
    "CREATE TABLE checks (number INTEGER PRIMARY KEY, service INTEGER NOT NULL, id TEXT NOT NULL, location TEXT NOT "
    "NULL,"
    " last BLOB, archived_at INTEGER, UNIQUE (service, id, location))",
    "CREATE TABLE states (check_number INTEGER PRIMARY KEY, version INTEGER NOT NULL, state BLOB NOT NULL)",
    "CREATE TABLE recent (row INTEGER PRIMARY KEY, result BLOB NOT NULL)",
    "CREATE TABLE chunks (row INTEGER PRIMARY KEY, last_recent INTEGER NOT NULL, points BLOB NOT NULL)",
    "CREATE TABLE intervals (service INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL,"
    " PRIMARY KEY (service, at)) WITHOUT ROWID",
    "CREATE TABLE absences (from_at INTEGER PRIMARY KEY, to_at INTEGER NOT NULL)",
    "CREATE TABLE hourly (bucket INTEGER NOT NULL, service INTEGER NOT NULL, up INTEGER NOT NULL, degraded INTEGER NOT "
    "NULL,"
    " down INTEGER NOT NULL, maintenance INTEGER NOT NULL, unknown INTEGER NOT NULL, longest_down INTEGER NOT NULL,"
    " results INTEGER NOT NULL, p95 INTEGER, counts BLOB NOT NULL, PRIMARY KEY (bucket, service)) WITHOUT ROWID",
    "CREATE TABLE daily (bucket INTEGER NOT NULL, service INTEGER NOT NULL, up INTEGER NOT NULL, degraded INTEGER NOT "
    "NULL,"
    " down INTEGER NOT NULL, maintenance INTEGER NOT NULL, unknown INTEGER NOT NULL, longest_down INTEGER NOT NULL,"
    " results INTEGER NOT NULL, p95 INTEGER, counts BLOB NOT NULL, PRIMARY KEY (bucket, service)) WITHOUT ROWID",
    "CREATE TABLE incidents (id TEXT NOT NULL UNIQUE, service TEXT NOT NULL, opened_at INTEGER NOT NULL, resolved_at "
    "INTEGER,"
    " automatic INTEGER NOT NULL, document TEXT NOT NULL)",
    "CREATE INDEX incidents_by_time ON incidents (opened_at)",
    "CREATE INDEX incidents_by_service ON incidents (service, opened_at)",
    "CREATE UNIQUE INDEX one_open_incident ON incidents (service) WHERE resolved_at IS NULL AND automatic = 1",
    "CREATE TABLE alerts (id TEXT NOT NULL UNIQUE, incident TEXT NOT NULL, service TEXT NOT NULL, ordinal INTEGER NOT "
    "NULL,"
    " step INTEGER NOT NULL, channel TEXT NOT NULL, state INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL, tries INTEGER NOT NULL, last_answer TEXT NOT NULL)",
    "CREATE INDEX alerts_pending ON alerts (incident, channel, ordinal) WHERE state < 2",
    "CREATE INDEX alerts_by_time ON alerts (created_at)",
};

// day_sheets: closed days of a service, packed: what a page's bars are read from.
constexpr std::array<std::string_view, 1> day_sheet_schema{
    "CREATE TABLE day_sheets (row INTEGER PRIMARY KEY, days BLOB NOT NULL)",
};

// alert_tries: the alerts' ledger. The indexes are for reading it by what operators ask: it may hold a storm's alerts.
// The last statement: an open incident keeps who was told of it since, so that they hear of its end. Steps 0, 2 and 6
// are opened, escalated and reopened.
constexpr std::array<std::string_view, 7> ledger_schema{
    "ALTER TABLE alerts ADD COLUMN replayed_at INTEGER",
    "CREATE TABLE alert_tries (alert TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (alert, number)) WITHOUT ROWID",
    "CREATE INDEX alerts_by_service ON alerts (service, created_at)",
    "CREATE INDEX alerts_by_incident ON alerts (incident, created_at)",
    "CREATE INDEX alerts_by_channel ON alerts (channel, created_at)",
    "CREATE INDEX alerts_unsent ON alerts (created_at) WHERE state <> 2",
    "UPDATE incidents SET document = json_set(document, '$.told', json((SELECT json_group_array(json_object("
    "'channel', channel, 'at', at)) FROM (SELECT channel, max(created_at) AS at FROM alerts"
    " WHERE alerts.incident = incidents.id AND step IN (0, 2, 6) GROUP BY channel)))) WHERE resolved_at IS NULL",
};

// plans: maintenance windows that were planned while the monitor ran.
constexpr std::array<std::string_view, 1> plan_schema{
    "CREATE TABLE plans (id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID",
};

// 4: state rows tell of heartbeats' runs, which programs before it cannot read; the tables are as they were.
constexpr std::array<Migration, 5> all{
    {{1, first_schema}, {2, day_sheet_schema, fill_day_sheets}, {3, ledger_schema}, {4, {}}, {5, plan_schema}}};

constexpr std::int64_t most_hours = (1 << 22) - 1;

}  // namespace

std::span<const Migration> migrations() { return all; }

std::int64_t hour_number(WallTime time) {
  const auto hours = std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
  return std::clamp<std::int64_t>(hours, 0, most_hours);
}

std::int64_t day_number(WallTime time) { return hour_number(time) / 24; }
WallTime hour_start(std::int64_t hour) { return WallTime(std::chrono::hours(hour)); }
WallTime day_start(std::int64_t day) { return hour_start(day * 24); }

std::int64_t chunk_row(std::int64_t hour, std::int64_t check, std::int64_t part) {
  return hour << 40 | check << 12 | part;
}

std::int64_t chunk_hour(std::int64_t row) { return row >> 40; }
std::int64_t chunk_check(std::int64_t row) { return row >> 12 & ((std::int64_t{1} << 28) - 1); }

}  // namespace allclear::store
