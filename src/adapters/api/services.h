// /api/v1/services: services as operators see them, internal ones too, without what the config keeps secret. Blocking for
// as long as the store is, where a Queries is handed in.
#pragma once

#include <string>

#include "adapters/api/alerts.h"
#include "adapters/api/overview.h"
#include "adapters/api/problem.h"
#include "base/result.h"
#include "core/model/snapshot.h"
#include "core/ports/store.h"
#include "net/http_message.h"

namespace allclear::api {

// In the catalogue's order; the cursor is the last service of the page before.
Result<std::string, Problem> answer_services(const net::HttpRequest& request, const Snapshot& snapshot);

// Null: there is none.
const ServiceSnapshot* find_service(const Snapshot& snapshot, const ServiceId& id);

// `uptimes` null: none known yet. `mask`: what a check saw may repeat what it sent.
Result<std::string, Problem> answer_service(const ServiceId& id, const Snapshot& snapshot, const Uptimes* uptimes,
                                            Queries& queries, const Mask& mask);

}  // namespace allclear::api
