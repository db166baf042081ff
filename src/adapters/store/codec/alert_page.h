// Pages of the alerts' ledger: the one order of alerts (newest first), cursors, and which alerts a query asks for. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/ports/store.h"

namespace allclear::store {

// What orders alerts; an alert that is written while somebody pages lies before the first page.
struct AlertPosition {
  WallTime created_at;
  IncidentId incident;
  std::uint32_t ordinal = 0;
  AlertId id;

  friend bool operator==(const AlertPosition&, const AlertPosition&) = default;
};

AlertPosition position_of(const Alert& alert);
// Creation, then incident, step and channel.
bool is_older(const AlertPosition& left, const AlertPosition& right);

std::string encode_alert_cursor(const AlertPosition& position);
Result<AlertPosition> decode_alert_cursor(const std::string& cursor);

// The query's cursor decoded, null on the first page. Error: the limit is out of range.
struct AlertRange {
  std::optional<AlertPosition> after;
  bool bad_cursor = false;
};
Result<AlertRange> alert_range(const AlertQuery& query);

bool is_wanted(const AlertQuery& query, const Alert& alert);

// `found`: newest first, of those that are wanted and follow the cursor limit + 1, or all.
AlertPage cut_alert_page(std::vector<AlertRecord> found, std::size_t limit);

}  // namespace allclear::store
