#include "adapters/store/codec/history_page.h"

#include <algorithm>
#include <tuple>

#include "adapters/store/codec/cursor.h"

namespace allclear::store {
namespace {

// Newer rows first; check and location settle ties.
bool comes_before(const HistoryRow& left, const HistoryRow& right) {
  return std::tie(right.result.at, left.key.check, left.key.location) <
         std::tie(left.result.at, right.key.check, right.key.location);
}

bool same_place(const HistoryRow& row, const HistoryPosition& position) {
  return row.result.at == position.at && row.key.check == position.check && row.key.location == position.location;
}

bool follows(const HistoryRow& row, std::uint32_t nth, const HistoryPosition& position) {
  if (same_place(row, position)) return nth > position.nth;
  return std::tie(row.result.at, position.check, position.location) <
         std::tie(position.at, row.key.check, row.key.location);
}

}  // namespace

std::string encode_cursor(const HistoryPosition& position) {
  return std::to_string(position.at.time_since_epoch().count()) + "." + std::to_string(position.nth) + "." +
         position.check.value() + "." + position.location.value();
}

Result<HistoryPosition> decode_cursor(const std::string& cursor) {
  std::string_view rest = cursor;
  std::int64_t at = 0;
  HistoryPosition position;
  if (!read_cursor_number(rest, at) || !read_cursor_number(rest, position.nth))
    return failure("cursor is not one of ours");
  const auto dot = rest.find('.');
  if (dot == std::string_view::npos) return failure("cursor is not one of ours");
  position.at = WallTime(milliseconds(at));
  position.check = CheckId(rest.substr(0, dot));
  position.location = LocationId(rest.substr(dot + 1));
  return position;
}

bool HistoryRange::holds(WallTime at) const {
  return (!from || at >= *from) && (!to || at < *to) && (!after || at <= after->at);
}

bool has_bad_cursor(const HistoryQuery& query) { return !query.cursor.empty() && !decode_cursor(query.cursor); }

HistoryPage bad_cursor_page() {
  HistoryPage page;
  page.bad_cursor = true;
  return page;
}

Result<HistoryRange> history_range(const HistoryQuery& query) {
  if (query.limit < 1 || query.limit > 1000) return failure("limit must be 1 to 1000");
  HistoryRange range{query.from, query.to, std::nullopt, query.limit};
  if (!query.cursor.empty()) {
    auto position = decode_cursor(query.cursor);
    if (!position) return tl::make_unexpected(position.error());
    range.after = *position;
  }
  return range;
}

HistoryPage cut_page(std::vector<HistoryRow> candidates, const HistoryRange& range) {
  std::stable_sort(candidates.begin(), candidates.end(), comes_before);
  HistoryPage page;
  HistoryPosition seen;   // of the row before
  HistoryPosition shown;  // of the page's last row
  for (HistoryRow& row : candidates) {
    seen = {row.result.at, same_place(row, seen) ? seen.nth + 1 : 1, row.key.check, row.key.location};
    if (!range.holds(row.result.at) || (range.after && !follows(row, seen.nth, *range.after))) continue;
    if (page.rows.size() == range.limit) {
      page.next = encode_cursor(shown);
      break;
    }
    shown = seen;
    page.rows.push_back(std::move(row));
  }
  return page;
}

std::size_t rows_after_cursor(const std::vector<HistoryRow>& candidates, const HistoryRange& range) {
  if (!range.after) return candidates.size();
  return static_cast<std::size_t>(std::count_if(candidates.begin(), candidates.end(), [&](const HistoryRow& row) {
    return !same_place(row, *range.after) && follows(row, 1, *range.after);
  }));
}

}  // namespace allclear::store
