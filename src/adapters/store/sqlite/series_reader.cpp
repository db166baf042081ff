#include "adapters/store/sqlite/series_reader.h"

#include "adapters/store/codec/series_builder.h"
#include "adapters/store/sqlite/rollups.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {
namespace {

// One row at a time: they are clustered by time, and a range would be all services' rows.
constexpr std::string_view hour_counts = "SELECT counts FROM hourly WHERE bucket = ? AND service = ?";
constexpr std::string_view day_counts = "SELECT counts FROM daily WHERE bucket = ? AND service = ?";

Result<std::vector<Series>> read_counts(Connection& connection, const SeriesQuery& query) {
  const bool by_hours = query.source == SeriesSource::hours;
  const std::int64_t first = by_hours ? hour_number(query.from) : day_number(query.from);
  CountedSeries series(query);
  connection.run("BEGIN");
  const auto number = connection.value("SELECT number FROM services WHERE id = ?", query.service.value());
  for (std::size_t i = 0; number && i < query.count; ++i) {
    const std::int64_t bucket = first + static_cast<std::int64_t>(i);
    auto row = connection.rows(by_hours ? hour_counts : day_counts, bucket, *number);
    if (!row.next()) continue;
    // Counts that cannot be decoded are a gap; the writer tells of them.
    const auto counts = ResultCounts::unpack(row.text(0));
    if (counts) series.put(by_hours ? hour_start(bucket) : day_start(bucket), counts->verdicts, counts->latencies);
  }
  connection.run("COMMIT");
  if (auto fault = connection.take_fault()) {
    connection.execute("ROLLBACK");
    connection.take_fault();
    return tl::make_unexpected(std::move(*fault));
  }
  return series.finish();
}

}  // namespace

Result<std::vector<Series>> read_series(Connection& connection, HistoryReader& history, const SeriesQuery& query) {
  if (auto refused = refuse_series(query)) return tl::make_unexpected(std::move(*refused));
  if (query.source != SeriesSource::results) return read_counts(connection, query);
  SeriesBuilder builder(query);
  const WallTime end = query.from + query.length() * static_cast<std::int64_t>(query.count);
  const auto scanned =
      history.scan(query.service, query.from, end, [&](const HistoryRow& row) { builder.add(row.key, row.result); });
  if (!scanned) return tl::make_unexpected(scanned.error());
  return builder.finish();
}

}  // namespace allclear::store
