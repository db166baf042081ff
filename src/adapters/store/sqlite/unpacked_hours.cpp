#include "adapters/store/sqlite/unpacked_hours.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/result_codec.h"
#include "adapters/store/sqlite/packed_rows.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {
namespace {

constexpr std::int64_t no_check = std::numeric_limits<std::int64_t>::min();

}  // namespace

void UnpackedHours::scan_log(Connection& connection, const Wanted& wanted) {
  PackedRows packed(connection);
  auto rows = connection.rows("SELECT row, result FROM recent ORDER BY row");
  while (rows.next()) {
    newest_row_ = rows.integer(0);
    ByteReader reader(rows.text(1));
    const auto check = static_cast<std::int64_t>(reader.number());
    if (!wanted(check)) continue;
    auto result = read_result(reader);
    if (!result) return connection.fail(result.error().message, FaultKind::corruption);
    if (packed.contains(check, result->at, rows.integer(0))) continue;
    hour_of(check, hour_number(result->at), rows.integer(0)).results.push_back(std::move(*result));
  }
}

void UnpackedHours::add(std::int64_t check, std::int64_t hour, std::int64_t first_row,
                        std::vector<CheckResult> results) {
  std::vector<CheckResult>& all = hour_of(check, hour, first_row).results;
  std::move(results.begin(), results.end(), std::back_inserter(all));
}

UnpackedHours::Hour& UnpackedHours::hour_of(std::int64_t check, std::int64_t hour, std::int64_t first_row) {
  Hour& found = hours_.try_emplace({hour, check}, Hour{first_row, {}}).first->second;
  found.first_row = std::min(found.first_row, first_row);
  return found;
}

const std::vector<CheckResult>& UnpackedHours::results(std::int64_t check, std::int64_t hour) const {
  static const std::vector<CheckResult> none;
  const auto found = hours_.find({hour, check});
  return found == hours_.end() ? none : found->second.results;
}

bool UnpackedHours::covers(std::int64_t check, std::int64_t hour, std::int64_t last_row) const {
  const auto found = hours_.find({hour, check});
  return found != hours_.end() && found->second.first_row <= last_row;
}

std::optional<std::int64_t> UnpackedHours::newest_below(std::int64_t hour) const {
  const auto above = hours_.lower_bound({hour, no_check});
  return above == hours_.begin() ? std::nullopt : std::optional(std::prev(above)->first.first);
}

std::optional<std::int64_t> UnpackedHours::oldest_from(std::int64_t hour) const {
  const auto found = hours_.lower_bound({hour, no_check});
  return found == hours_.end() ? std::nullopt : std::optional(found->first.first);
}

std::vector<std::int64_t> UnpackedHours::checks_of(std::int64_t hour) const {
  std::vector<std::int64_t> checks;
  for (auto place = hours_.lower_bound({hour, no_check}); place != hours_.end() && place->first.first == hour; ++place)
    checks.push_back(place->first.second);
  return checks;
}

}  // namespace allclear::store
