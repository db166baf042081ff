// Packing and retention: the work that keeps the tables small. Each call is one short transaction of its own on the
// writer's connection and thread, so that commits never wait long.
#pragma once

#include <unordered_map>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/recent_points.h"

namespace allclear::store {

// How long each level is kept. Incidents and archived services are kept for ever.
struct Retention {
  std::chrono::days points{35};  // single results
  std::chrono::days hourly{90};
  std::chrono::days daily{400};  // and the timelines
  std::chrono::days alerts{90};  // that are settled, with their tries
};

// The newest result of each check, by check number.
using LastResults = std::unordered_map<std::int64_t, CheckResult>;

enum class Packed : std::uint8_t { all, more_left };

// Writes a few of the hours that ended as chunks and takes them out of `recent`.
Result<Packed> pack_hours(Connection& connection, RecentPoints& recent, const LastResults& last, WallTime now);
// Deletes some rows of the append log below `row`.
Result<Packed> trim_log(Connection& connection, std::int64_t row);
// Deletes some chunks that are too old.
Result<void> expire_points(Connection& connection, const Retention& retention, WallTime now);
// Deletes old rollups and timelines.
Result<void> expire_rollups(Connection& connection, const Retention& retention, WallTime now);

}  // namespace allclear::store
