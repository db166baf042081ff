// /history: reads the parameters strictly, asks the store, writes the contract's shape. Blocking for as long as the store is.
#pragma once

#include <string>

#include "adapters/api/problem.h"
#include "base/result.h"
#include "core/model/snapshot.h"
#include "core/ports/store.h"
#include "net/http_message.h"

namespace allclear::api {

// Unknown parameters are ignored, a repeated or bad one is named (400); a service that is not public does not exist (404).
Result<HistoryQuery, Problem> read_history_request(const net::HttpRequest& request, const Snapshot& snapshot);
// Incidents belong to the time that is asked for; without `from` to the last 90 days. On later pages (a cursor) there are none.
Result<std::string, Problem> answer_history(const HistoryQuery& query, Queries& queries, WallTime now);

}  // namespace allclear::api
