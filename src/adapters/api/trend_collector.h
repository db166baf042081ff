// TrendCollector: the services' latency by half hours, read from the store a few services at a time, so that no reader waits.
// One thread; reads no clock.
#pragma once

#include <functional>
#include <vector>

#include "adapters/api/public_view.h"
#include "core/model/snapshot.h"
#include "core/ports/store.h"

namespace allclear::api {

class TrendCollector {
 public:
  explicit TrendCollector(Queries& queries) : queries_(queries) {}

  // Goes on while `may_go_on` says so and something is left to read; begins anew with every half hour.
  void collect(const Snapshot& snapshot, WallTime now, const std::function<bool()>& may_go_on);
  // Public services only; what was not read yet is not there.
  const LatencyTrends& trends() const { return trends_; }

 private:
  void begin(const Snapshot& snapshot, std::int64_t half);
  void read(const ServiceId& service);

  Queries& queries_;
  LatencyTrends trends_;
  std::int64_t half_ = -1;  // the first that is not whole yet, in half hours since 1970
  std::int64_t before_ = -1;
  std::vector<ServiceId> left_;
};

}  // namespace allclear::api
