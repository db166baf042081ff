#include "adapters/store/sqlite/days_reader.h"

#include <algorithm>

#include "adapters/store/codec/day_sheet.h"
#include "adapters/store/codec/timeline.h"
#include "adapters/store/sqlite/day_sheets.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/timeline_table.h"

namespace allclear::store {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

void add_counted(StateTimes& sum, const StateTimes& times) {
  sum.up += times.up;
  sum.degraded += times.degraded;
  sum.down += times.down;
}

class DaysReader {
 public:
  DaysReader(Connection& connection, sys_days first, WallTime now, const ServiceFilter& wanted)
      : connection_(connection), wanted_(wanted), first_(first), now_(now), starts_(now), today_(day_of(now)) {}

  std::vector<ServiceDays> read() {
    find_services();
    find_open_days();
    read_closed_days();
    read_open_days();
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
      if (!wanted_(rows.text(1))) continue;
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
    alive_ = last_alive(connection_);
  }

  Found* find(std::int64_t service) {
    const auto number = static_cast<std::size_t>(service);
    return number < place_of_.size() && place_of_[number] != none ? &services_[place_of_[number]] : nullptr;
  }

  void read_closed_days() {
    const std::int64_t from = day_number(std::min(first_, day_of(starts_.quarter)));
    auto rows = connection_.rows("SELECT row, days FROM day_sheets WHERE row >= ? AND row < ?",
                                 day_sheet_row(sheet_of_day(from), 0),
                                 day_sheet_row(sheet_of_day(day_number(open_from_)) + 1, 0));
    while (rows.next()) {
      Found* found = find(day_sheet_service(rows.integer(0)));
      if (found != nullptr) read_sheet(*found, rows.integer(0), rows.text(1), sys_days(days(from)));
    }
  }

  // A sheet that cannot be decoded is slower to read, and the writer's to make anew.

  void read_sheet(Found& found, std::int64_t row, std::string_view packed, sys_days from) {
    const std::int64_t sheet = day_sheet_number(row);
    if (!unpack_day_sheet(packed, sheet, sheet_days_)) {
      int left_out = 0;  // the writer tells of them
      sheet_days_ = days_from_daily(connection_, sheet, found.number, day_number(open_from_), left_out);
    }
    for (const DayRow& day : sheet_days_) {
      if (day.day >= from && day.day < open_from_ && has_data(day.times, day.results)) put(found, day);
    }
  }

  void read_open_days() {
    auto rows = connection_.rows(
        "SELECT service, bucket, up, degraded, down, maintenance, unknown, longest_down, results, p95 FROM daily"
        " WHERE bucket BETWEEN ? AND ?",
        day_number(open_from_), day_number(today_));
    while (rows.next()) {
      Found* found = find(rows.integer(0));
      if (found != nullptr) found->open.push_back(read_day_columns(rows, 1));
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
      if (has_data(row.times, row.results)) put(found, row);
    }
    found.result.uptime = {uptime_ratio(times_within(timeline, starts_.day, now_, now_)),
                           uptime_ratio(times_within(timeline, starts_.week, now_, now_)), uptime_ratio(found.month),
                           uptime_ratio(found.quarter)};
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  Connection& connection_;
  const ServiceFilter& wanted_;
  sys_days first_;
  WallTime now_;
  WindowStarts starts_;
  sys_days today_;
  sys_days open_from_;
  std::optional<WallTime> alive_;
  std::vector<Absence> absences_;
  std::vector<Found> services_;
  std::vector<std::size_t> place_of_;  // by service number
  std::vector<DayRow> sheet_days_;     // of the sheet at hand
};

}  // namespace

Result<std::vector<ServiceDays>> read_days(Connection& connection, sys_days first, WallTime now,
                                           const ServiceFilter& wanted) {
  connection.run("BEGIN");
  std::vector<ServiceDays> all = DaysReader(connection, first, now, wanted).read();
  connection.run("COMMIT");
  if (auto fault = connection.take_fault()) {
    connection.execute("ROLLBACK");
    connection.take_fault();
    return tl::make_unexpected(std::move(*fault));
  }
  return all;
}

}  // namespace allclear::store
