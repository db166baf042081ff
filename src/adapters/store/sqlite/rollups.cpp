#include "adapters/store/sqlite/rollups.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "adapters/store/codec/bytes.h"
#include "adapters/store/sqlite/day_sheets.h"
#include "adapters/store/sqlite/schema.h"
#include "adapters/store/sqlite/timeline_table.h"

namespace allclear::store {
namespace {

// After a longer pause of the monitor only this much of it is looked at: what lies further back was unknown.
constexpr std::chrono::hours longest_look_back{400 * 24};

WallTime start_of(BucketSize size, std::int64_t bucket) {
  return size == BucketSize::hour ? hour_start(bucket) : day_start(bucket);
}

std::int64_t bucket_of(BucketSize size, WallTime time) {
  return size == BucketSize::hour ? hour_number(time) : day_number(time);
}

constexpr std::string_view read_hour = "SELECT counts, results FROM hourly WHERE bucket = ? AND service = ?";
constexpr std::string_view read_day = "SELECT counts, results FROM daily WHERE bucket = ? AND service = ?";
constexpr std::string_view put_hour = "INSERT OR REPLACE INTO hourly VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view put_day = "INSERT OR REPLACE INTO daily VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

void ResultCounts::add(const CheckResult& result) {
  ++verdicts[static_cast<std::size_t>(result.verdict)];
  if (result.verdict == Verdict::up || result.verdict == Verdict::degraded) latencies.add(result.latency);
}

void ResultCounts::merge(const ResultCounts& other) {
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i] += other.verdicts[i];
  latencies.merge(other.latencies);
}

std::uint64_t ResultCounts::results() const {
  return std::accumulate(verdicts.begin(), verdicts.end(), std::uint64_t{0});
}

std::string ResultCounts::pack() const {
  ByteWriter writer;
  for (const std::uint64_t count : verdicts) writer.number(count);
  writer.text(latencies.pack());
  return writer.take();
}

Result<ResultCounts> ResultCounts::unpack(std::string_view bytes) {
  ByteReader reader(bytes);
  ResultCounts counts;
  for (std::uint64_t& count : counts.verdicts) count = reader.number();
  auto latencies = LatencyHistogram::unpack(reader.text());
  if (!reader.ok() || !latencies) return failure("broken rollup row");
  counts.latencies = std::move(*latencies);
  return counts;
}

void Rollups::add(std::int64_t service, const CheckResult& result) {
  fresh_[service][hour_number(result.at)].add(result);
}

void Rollups::flush(const std::vector<RolledService>& services, WallTime through, WallTime now) {
  const WallTime begun = std::max(through, now - longest_look_back);
  const Buckets ended_hours = ended(BucketSize::hour, services, through, now);
  const Buckets ended_days = ended(BucketSize::day, services, through, now);
  for (const RolledService& service : services) {
    Buckets hours = ended_hours;
    Buckets days = ended_days;
    const auto fresh = fresh_.find(service.number);
    if (fresh != fresh_.end()) {
      for (const auto& [hour, counts] : fresh->second) {
        hours[hour].merge(counts);
        days[hour / 24].merge(counts);
      }
    }
    write(BucketSize::hour, service, hours, hour_number(begun), now);
    write(BucketSize::day, service, days, day_number(begun), now);
  }
}

// Buckets that ended in [through, now), but for those that no service can know anything about: after a year without
// a monitor there is nothing to write for its hours. The first may hold rows already: it is written in any case.
Rollups::Buckets Rollups::ended(BucketSize size, const std::vector<RolledService>& services, WallTime through,
                                WallTime now) {
  milliseconds patience{0};
  for (const RolledService& service : services) patience = std::max(patience, service.patience);
  const WallTime first = std::max(through, now - longest_look_back);
  const std::vector<Absence> absences = read_absences(connection_, first);
  const auto dark = [&](WallTime from, WallTime to) {
    return std::any_of(absences.begin(), absences.end(), [&](const Absence& absence) {
      return absence.to - absence.from > patience && absence.from <= from && absence.to >= to;
    });
  };
  Buckets buckets;
  for (auto bucket = bucket_of(size, first); bucket < bucket_of(size, now); ++bucket) {
    const bool begun = bucket == bucket_of(size, first);
    if (begun || !dark(start_of(size, bucket), start_of(size, bucket + 1))) buckets[bucket];
  }
  return buckets;
}

void Rollups::restate(const RolledService& service, WallTime from, WallTime through) {
  Buckets hours;
  Buckets days;
  const WallTime first = std::max(from, through - longest_look_back);
  for (auto hour = hour_number(first); hour < hour_number(through); ++hour) hours[hour];
  for (auto day = day_number(first); day < day_number(through); ++day) days[day];
  write(BucketSize::hour, service, hours, hour_number(through), through);
  write(BucketSize::day, service, days, day_number(through), through);
}

void Rollups::write(BucketSize size, const RolledService& service, const Buckets& buckets, std::int64_t written,
                    WallTime now) {
  if (buckets.empty()) return;
  const WallTime first = start_of(size, buckets.begin()->first);
  const Timeline timeline = with_absences(read_timeline(connection_, service.number, first),
                                          read_absences(connection_, first), service.patience);
  std::vector<DayRow> closed_days;
  for (const auto& [bucket, fresh] : buckets) {
    const WallTime start = start_of(size, bucket);
    const StateTimes times =
        times_within(timeline, start, std::min(start_of(size, bucket + 1), std::max(now, start)), now);
    const bool known = has_data(times, fresh.results());
    if (!known && bucket > written) continue;
    const auto stored = read_counts(size, service.number, bucket);
    if (!known && !stored) continue;
    ResultCounts counts = fresh;
    if (stored) counts.merge(*stored);
    write_row(size, service.number, bucket, counts, times);
    if (size == BucketSize::hour || bucket >= day_number(now)) continue;
    closed_days.push_back({std::chrono::sys_days(std::chrono::days(bucket)), times,
                           static_cast<std::uint32_t>(counts.results()), counts.latencies.quantile(0.95)});
  }
  const SheetRepairs repaired = put_closed_days(connection_, service.number, closed_days);
  repairs_.sheets.sheets += repaired.sheets;
  repairs_.sheets.left_out += repaired.left_out;
}

std::optional<ResultCounts> Rollups::read_counts(BucketSize size, std::int64_t service, std::int64_t bucket) {
  auto stored = connection_.rows(size == BucketSize::hour ? read_hour : read_day, bucket, service);
  if (!stored.next()) return std::nullopt;
  auto counts = ResultCounts::unpack(stored.text(0));
  if (counts) return std::move(*counts);
  ++repairs_.counts;
  ResultCounts lost;  // how many there were is known, what they said is not
  lost.verdicts[static_cast<std::size_t>(Verdict::unknown)] = static_cast<std::uint64_t>(
      std::clamp<std::int64_t>(stored.integer(1), 0, std::numeric_limits<std::uint32_t>::max()));
  return lost;
}

void Rollups::write_row(BucketSize size, std::int64_t service, std::int64_t bucket, const ResultCounts& counts,
                        const StateTimes& times) {
  const auto p95 = counts.latencies.quantile(0.95);
  const std::string packed = counts.pack();
  connection_.run(size == BucketSize::hour ? put_hour : put_day, bucket, service, times.up, times.degraded, times.down,
                  times.maintenance, times.unknown, times.longest_down, counts.results(),
                  p95 ? std::optional(p95->count()) : std::nullopt, Bytes{packed});
}

}  // namespace allclear::store
