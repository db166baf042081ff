// /api/v1/alerts: the ledger as operators read it. Blocking for as long as the store is.
#pragma once

#include <functional>
#include <string>

#include "adapters/api/problem.h"
#include "base/result.h"
#include "core/ports/store.h"
#include "net/http_message.h"

namespace allclear::api {

// What a channel answered may repeat what it was sent: secrets are masked before it is shown (S7).
using Mask = std::function<std::string(std::string)>;

// Unknown parameters are ignored, a repeated or bad one is named (400).
Result<AlertQuery, Problem> read_alert_query(const net::HttpRequest& request);
Result<std::string, Problem> answer_alerts(const AlertQuery& query, Queries& queries, const Mask& mask);
// Error: 404 or 503.
Result<std::string, Problem> answer_alert(const AlertId& id, Queries& queries, const Mask& mask);

}  // namespace allclear::api
