// Pages of history: the one order of rows (newest first), cursors, and cutting a page. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/ports/store.h"

namespace allclear::store {

// The last row of a page: rows at the same time are ordered by check, location and then as they were stored.
struct HistoryPosition {
  WallTime at;
  std::uint32_t nth = 0;  // among rows of the same time, check and location: 1, 2 …
  CheckId check;
  LocationId location;

  friend bool operator==(const HistoryPosition&, const HistoryPosition&) = default;
};

std::string encode_cursor(const HistoryPosition& position);
Result<HistoryPosition> decode_cursor(const std::string& cursor);
// A cursor that somebody made up is an answer, not a failure of the store.
bool has_bad_cursor(const HistoryQuery& query);
HistoryPage bad_cursor_page();

// What a query asks, checked and with its cursor decoded.
struct HistoryRange {
  std::optional<WallTime> from;  // inclusive
  std::optional<WallTime> to;    // exclusive
  std::optional<HistoryPosition> after;
  std::size_t limit = 100;

  // Could a row of this time be on the page?
  bool holds(WallTime at) const;
};
Result<HistoryRange> history_range(const HistoryQuery& query);

// `candidates`: at least every row of the range down to some time, and at least limit + 1 of those that follow the
// cursor if there are so many; rows of one check and time in the order in which they were stored.
HistoryPage cut_page(std::vector<HistoryRow> candidates, const HistoryRange& range);

// How many of the candidates follow the cursor.
std::size_t rows_after_cursor(const std::vector<HistoryRow>& candidates, const HistoryRange& range);

}  // namespace allclear::store
