#include "adapters/store/sqlite/history_reader.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "adapters/store/sqlite/schema.h"

namespace allclear::store {

Result<HistoryPage> HistoryReader::read(const HistoryQuery& query) {
  if (has_bad_cursor(query)) return bad_cursor_page();
  const auto range = history_range(query);
  if (!range) return tl::make_unexpected(range.error());
  std::vector<HistoryRow> candidates;
  const auto gathered = gather(query, *range, [&](std::vector<HistoryRow>& rows) {
    candidates.insert(candidates.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    rows.clear();
    return rows_after_cursor(candidates, *range) > range->limit;
  });
  if (!gathered) return tl::make_unexpected(gathered.error());
  return cut_page(std::move(candidates), *range);
}

Result<void> HistoryReader::scan(const ServiceId& service, WallTime from, WallTime to,
                                 const std::function<void(const HistoryRow&)>& take) {
  HistoryQuery query;
  query.service = service;
  HistoryRange range;
  range.from = from;
  range.to = to;
  return gather(query, range, [&](std::vector<HistoryRow>& rows) {
    for (const HistoryRow& row : rows) take(row);
    rows.clear();
    return false;
  });
}

Result<void> HistoryReader::gather(const HistoryQuery& query, const HistoryRange& range, const Enough& enough) {
  unpacked_.clear();
  connection_.run("BEGIN");
  const std::vector<WantedCheck> checks = find_checks(query);
  if (!recent_) scan_log(checks);
  connection_.run("COMMIT");
  if (recent_) copy_recent(checks);
  std::vector<HistoryRow> rows;
  const std::int64_t lowest = range.from ? hour_number(*range.from) : 0;
  std::int64_t above = std::numeric_limits<std::int32_t>::max();
  if (range.to) above = hour_number(*range.to) + 1;
  if (range.after) above = std::min(above, hour_number(range.after->at) + 1);
  connection_.run("BEGIN");
  for (auto hour = hour_before(above); hour && *hour >= lowest; hour = hour_before(*hour)) {
    for (const WantedCheck& check : checks) collect(check, *hour, range, rows);
    if (enough(rows)) break;
  }
  connection_.run("COMMIT");
  if (auto fault = connection_.take_fault()) {
    connection_.execute("ROLLBACK");
    connection_.take_fault();
    return tl::make_unexpected(std::move(*fault));
  }
  return {};
}

std::vector<HistoryReader::WantedCheck> HistoryReader::find_checks(const HistoryQuery& query) {
  std::vector<WantedCheck> checks;
  auto rows = connection_.rows(
      "SELECT checks.number, checks.id, location FROM checks JOIN services ON services.number = service"
      " WHERE services.id = ?",
      query.service.value());
  while (rows.next()) {
    WantedCheck check{rows.integer(0), {query.service, CheckId(rows.text(1)), LocationId(rows.text(2))}};
    if (!query.check || check.key.check == *query.check) checks.push_back(std::move(check));
  }
  return checks;
}

void HistoryReader::copy_recent(const std::vector<WantedCheck>& checks) {
  std::vector<std::int64_t> numbers;
  for (const WantedCheck& check : checks) numbers.push_back(check.number);
  const RecentCopy recent = recent_->copy(numbers);
  unpacked_.end_with(recent.newest_row);
  for (const RecentHour& hour : recent.hours) {
    auto points = read_chunk(hour.points);
    if (!points) return connection_.fail(points.error().message);
    unpacked_.add(hour.check, hour.hour, hour.first_row, std::move(*points));
  }
}

void HistoryReader::scan_log(const std::vector<WantedCheck>& checks) {
  unpacked_.scan_log(connection_, [&](std::int64_t number) {
    return std::any_of(checks.begin(), checks.end(), [&](const WantedCheck& check) { return check.number == number; });
  });
}

std::optional<std::int64_t> HistoryReader::hour_before(std::int64_t hour) {
  const auto newest = connection_.value("SELECT max(row) FROM chunks WHERE row < ?",
                                        chunk_row(std::min<std::int64_t>(hour, (1 << 22) - 1), 0, 0));
  std::optional<std::int64_t> found = newest ? std::optional(chunk_hour(*newest)) : std::nullopt;
  if (const auto fresh = unpacked_.newest_below(hour)) found = std::max(found.value_or(*fresh), *fresh);
  return found;
}

void HistoryReader::collect(const WantedCheck& check, std::int64_t hour, const HistoryRange& range,
                            std::vector<HistoryRow>& candidates) {
  const auto add = [&](const std::vector<CheckResult>& results) {
    for (const CheckResult& result : results) {
      if (range.holds(result.at)) candidates.push_back({check.key, result});
    }
  };
  const std::int64_t first = chunk_row(hour, check.number, 0);
  auto chunks = connection_.rows("SELECT last_recent, points FROM chunks WHERE row BETWEEN ? AND ? ORDER BY row", first,
                                 first + most_chunk_parts);
  while (chunks.next()) {
    const std::int64_t last_row = chunks.integer(0);
    if (unpacked_.covers(check.number, hour, last_row) || unpacked_.is_older_than(last_row)) continue;
    const auto points = read_chunk(chunks.text(1));
    if (!points) return connection_.fail(points.error().message, FaultKind::corruption);
    add(*points);
  }
  add(unpacked_.results(check.number, hour));
}

}  // namespace allclear::store
