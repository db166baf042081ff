// LatencyHistogram: counts of latencies in log-linear buckets, so that days merge from hours. Value.
// 16 buckets per power of two: a quantile is the middle of its bucket, at most 3.2 % off (exact below 16 us).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace allclear::store {

class LatencyHistogram {
 public:
  // Negative values count as zero, values from 2^40 us (12 days) on as the last bucket.
  void add(microseconds latency);
  void merge(const LatencyHistogram& other);
  std::uint64_t count() const;
  // `share` in (0, 1]: the value that at least this share of all does not exceed. Absent when empty.
  std::optional<microseconds> quantile(double share) const;

  // Varints: number of buckets used, then (distance to the one before, count) each.
  std::string pack() const;
  static Result<LatencyHistogram> unpack(std::string_view bytes);

  friend bool operator==(const LatencyHistogram&, const LatencyHistogram&) = default;

 private:
  struct Bucket {
    std::uint32_t index = 0;
    std::uint64_t count = 0;

    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  void add_to(std::uint32_t index, std::uint64_t count);
  std::vector<Bucket> buckets_;  // ascending, only those that are not empty
};

}  // namespace allclear::store
