// Series for charts, from results or from what was counted of them, alike in every store. Values; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "adapters/store/codec/latency_histogram.h"
#include "core/ports/store.h"

namespace allclear::store {

std::optional<Error> refuse_series(const SeriesQuery& query);  // nothing: it can be answered

// From results, in any order.
class SeriesBuilder {
 public:
  explicit SeriesBuilder(const SeriesQuery& query) : query_(query) {}
  void add(const CheckKey& key, const CheckResult& result);
  std::vector<Series> finish();

 private:
  struct Gathered {
    std::uint32_t count = 0;
    std::uint32_t failed = 0;
    std::uint32_t good = 0;
    std::vector<std::int64_t> latencies;                // us, of good ones that were measured
    std::array<std::optional<std::int64_t>, 5> phases;  // sums, us
  };
  static SeriesStep step_of(Gathered& gathered);

  SeriesQuery query_;
  std::map<CheckKey, std::vector<Gathered>> checks_;
};

// From the counts of whole hours or days.
class CountedSeries {
 public:
  explicit CountedSeries(const SeriesQuery& query);
  void add(const CheckResult& result);
  // What was counted of the step that begins at `at`: results by verdict, latencies of those that were up or degraded.
  void put(WallTime at, const std::array<std::uint64_t, 4>& verdicts, const LatencyHistogram& latencies);
  std::vector<Series> finish();

 private:
  struct Counted {
    std::array<std::uint64_t, 4> verdicts{};
    LatencyHistogram latencies;
  };
  SeriesQuery query_;
  std::vector<Counted> steps_;
};

}  // namespace allclear::store
