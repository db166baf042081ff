// /api/v1/services/{id}/series: what charts of a service are drawn from. Blocking for as long as the store is.
#pragma once

#include <string>

#include "adapters/api/problem.h"
#include "base/result.h"
#include "core/model/snapshot.h"
#include "core/ports/store.h"
#include "net/http_message.h"

namespace allclear::api {

Result<std::string, Problem> answer_series(const net::HttpRequest& request, const ServiceId& id,
                                           const Snapshot& snapshot, Queries& queries, WallTime now);

}  // namespace allclear::api
