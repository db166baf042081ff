// Rollups: counts and latencies per service and hour or day. What came since the last flush is in memory; a flush
// adds it to the rows and reckons the time in each state anew from the timelines. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/store/codec/latency_histogram.h"
#include "adapters/store/codec/timeline.h"
#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/day_sheets.h"
#include "core/model/check_result.h"

namespace allclear::store {

enum class BucketSize : std::uint8_t { hour, day };

struct ResultCounts {
  std::array<std::uint64_t, 4> verdicts{};  // by Verdict
  LatencyHistogram latencies;               // of results that were up or degraded

  void add(const CheckResult& result);
  void merge(const ResultCounts& other);
  std::uint64_t results() const;
  std::string pack() const;
  static Result<ResultCounts> unpack(std::string_view bytes);
};

// A service whose rollups a flush may have to write.
struct RolledService {
  std::int64_t number = 0;
  milliseconds patience{0};
};

// What was stored and could not be decoded.
struct RollupRepairs {
  SheetRepairs sheets;
  int counts =
      0;  // counts by verdict and latencies of an hour or a day, lost: they begin anew; the number of results stays
};

class Rollups {
 public:
  explicit Rollups(Connection& connection) : connection_(connection) {}

  void add(std::int64_t service, const CheckResult& result);
  // Inside the caller's transaction. `through`: until when the rows' times were right; buckets that ended since are
  // written for all services, others only where results came. Call settle() once the transaction is durable.
  void flush(const std::vector<RolledService>& services, WallTime through, WallTime now);
  void settle() { fresh_.clear(); }
  // A transition was back-dated: reckons the times of [from, through) anew. Inside the caller's transaction.
  void restate(const RolledService& service, WallTime from, WallTime through);
  // Since the last call.
  RollupRepairs take_repairs() { return std::exchange(repairs_, {}); }

 private:
  using Buckets = std::map<std::int64_t, ResultCounts>;
  Buckets ended(BucketSize size, const std::vector<RolledService>& services, WallTime through, WallTime now);
  // Up to bucket `written` there may be a row although nothing is known; it is written again.
  void write(BucketSize size, const RolledService& service, const Buckets& buckets, std::int64_t written, WallTime now);
  // Nothing: the bucket has no row.
  std::optional<ResultCounts> read_counts(BucketSize size, std::int64_t service, std::int64_t bucket);
  void write_row(BucketSize size, std::int64_t service, std::int64_t bucket, const ResultCounts& counts,
                 const StateTimes& times);

  Connection& connection_;
  std::map<std::int64_t, Buckets> fresh_;  // service -> hour -> since the last flush
  RollupRepairs repairs_;
};

}  // namespace allclear::store
