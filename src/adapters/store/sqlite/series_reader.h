// Series for charts, from the results or from the rollups. On the caller's read-only connection and thread.
#pragma once

#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/history_reader.h"
#include "core/ports/store.h"

namespace allclear::store {

Result<std::vector<Series>> read_series(Connection& connection, HistoryReader& history, const SeriesQuery& query);

}  // namespace allclear::store
