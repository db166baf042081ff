#include "adapters/store/sqlite/days_reader.h"

#include <algorithm>
#include <map>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/codec/result_codec.h"
#include "adapters/store/codec/timeline.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/timeline_table.h"

namespace allclear::store {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

bool any_known(const StateTimes& times) {
  return times.up + times.degraded + times.down + times.maintenance > milliseconds(0);
}

void add_counted(StateTimes& sum, const StateTimes& times) {
  sum.up += times.up;
  sum.degraded += times.degraded;
  sum.down += times.down;
}

class DaysReader {
 public:
  DaysReader(Connection& connection, sys_days first, WallTime now)
      : connection_(connection), first_(first), now_(now), starts_(now), today_(day_of(now)) {}

  std::vector<ServiceDays> read() {
    find_services();
    find_open_days();
    read_closed_days();
    const WallTime reach = std::min<WallTime>(open_from_, starts_.week);
    absences_ = read_absences(connection_, reach);
    if (alive_ && now_ > *alive_) absences_.push_back({*alive_, now_});
    for (Found& found : services_) finish(found, reach);
    std::vector<ServiceDays> all;
    all.reserve(services_.size());
    for (Found& found : services_) all.push_back(std::move(found.result));
    return all;
  }

 private:
  struct Found {
    std::int64_t number = 0;
    milliseconds patience{0};
    ServiceDays result;
    StateTimes month;
    StateTimes quarter;
    std::vector<DayRow> open;  // stored counts of days whose times are reckoned here
  };

  void find_services() {
    auto rows = connection_.rows("SELECT number, id, patience FROM services WHERE archived_at IS NULL ORDER BY id");
    while (rows.next()) {
      const auto number = static_cast<std::size_t>(rows.integer(0));
      if (place_of_.size() <= number) place_of_.resize(number + 1, none);
      place_of_[number] = services_.size();
      services_.push_back(
          {rows.integer(0), milliseconds(rows.integer(2)), {ServiceId(rows.text(1)), {}, {}}, {}, {}, {}});
    }
  }

  // The times of days from the last flush's day on are not in the rows yet, or not wholly.
  void find_open_days() {
    open_from_ = sys_days(days(day_number(starts_.quarter)));
    if (const auto through = connection_.value("SELECT value FROM meta WHERE name = 'times_through'")) {
      open_from_ = std::clamp(day_of(WallTime(milliseconds(*through))), open_from_, today_);
    }
    open_from_ = std::max(open_from_, std::min(first_, today_ - days(89)));
    if (const auto alive = connection_.value("SELECT value FROM meta WHERE name = 'alive_at'")) {
      alive_ = WallTime(milliseconds(*alive));
    }
    auto newest = connection_.rows("SELECT result FROM recent ORDER BY row DESC LIMIT 1");
    if (!newest.next()) return;
    ByteReader reader(newest.text(0));
    reader.number();
    if (const auto result = read_result(reader)) alive_ = std::max(alive_.value_or(result->at), result->at);
  }

  void read_closed_days() {
    const sys_days from = std::min(first_, day_of(starts_.quarter));
    auto rows = connection_.rows(
        "SELECT bucket, service, up, degraded, down, maintenance, unknown, longest_down, results, p95 FROM daily"
        " WHERE bucket BETWEEN ? AND ?",
        day_number(from), day_number(today_));
    while (rows.next()) {
      const auto number = static_cast<std::size_t>(rows.integer(1));
      if (number >= place_of_.size() || place_of_[number] == none) continue;
      Found& found = services_[place_of_[number]];
      DayRow row{sys_days(days(rows.integer(0))),
                 {milliseconds(rows.integer(2)), milliseconds(rows.integer(3)), milliseconds(rows.integer(4)),
                  milliseconds(rows.integer(5)), milliseconds(rows.integer(6)), milliseconds(rows.integer(7))},
                 static_cast<std::uint32_t>(rows.integer(8)),
                 std::nullopt};
      if (!rows.is_null(9)) row.p95 = microseconds(rows.integer(9));
      if (row.day >= open_from_) {
        found.open.push_back(row);
      } else {
        put(found, row);
      }
    }
  }

  void put(Found& found, const DayRow& row) const {
    if (row.day >= starts_.month) add_counted(found.month, row.times);
    if (row.day >= starts_.quarter) add_counted(found.quarter, row.times);
    if (found.result.days.empty()) found.result.days.reserve(static_cast<std::size_t>((today_ - row.day).count()) + 1);
    if (row.day >= first_) found.result.days.push_back(row);
  }

  void finish(Found& found, WallTime reach) {
    const Timeline timeline = with_absences(read_timeline(connection_, found.number, reach), absences_, found.patience);
    auto stored = found.open.begin();
    for (sys_days day = open_from_; day <= today_; day += days(1)) {
      DayRow row{day, times_within(timeline, day, std::min<WallTime>(day + days(1), now_), now_), 0, std::nullopt};
      if (stored != found.open.end() && stored->day == day) {
        row.results = stored->results;
        row.p95 = stored->p95;
        ++stored;
      }
      if (any_known(row.times) || row.results > 0) put(found, row);
    }
    found.result.uptime = {uptime_ratio(times_within(timeline, starts_.day, now_, now_)),
                           uptime_ratio(times_within(timeline, starts_.week, now_, now_)), uptime_ratio(found.month),
                           uptime_ratio(found.quarter)};
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  Connection& connection_;
  sys_days first_;
  WallTime now_;
  WindowStarts starts_;
  sys_days today_;
  sys_days open_from_;
  std::optional<WallTime> alive_;
  std::vector<Absence> absences_;
  std::vector<Found> services_;
  std::vector<std::size_t> place_of_;  // by service number
};

}  // namespace

Result<std::vector<ServiceDays>> read_days(Connection& connection, sys_days first, WallTime now) {
  connection.run("BEGIN");
  std::vector<ServiceDays> all = DaysReader(connection, first, now).read();
  connection.run("COMMIT");
  if (auto fault = connection.take_fault()) {
    connection.execute("ROLLBACK");
    connection.take_fault();
    return tl::make_unexpected(std::move(*fault));
  }
  return all;
}

}  // namespace allclear::store
