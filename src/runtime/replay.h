// replay: what a config would have paged, judged from stored results, against what did. Reads only; on the caller's
// thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "core/model/service.h"
#include "core/ports/store.h"
#include "core/ports/stored_results.h"
#include "core/rules/compare_paging.h"
#include "runtime/history_replay.h"

namespace allclear::runtime {

struct ReplayRequest {
  std::shared_ptr<const Catalogue> catalogue;  // the config's own services, without anchors
  WallTime from;
  WallTime to;                    // now
  std::optional<ServiceId> only;  // what is counted and compared; everything is replayed
};

struct ReplayReport {
  WallTime from;                         // as asked, or when the results begin
  std::optional<WallTime> results_from;  // of what was replayed; none: there is nothing
  ReplayFacts facts;
  Paging did;
  Paging would;
  std::size_t undelivered = 0;  // of the alerts that were owed
  PagingComparison comparison;
};

using ReplayProgress = std::function<void(double done)>;  // 0 to 1, rising; called often

Result<ReplayReport> replay(const ReplayRequest& request, Queries& queries, StoredResults& results,
                            const ReplayProgress& progress);

}  // namespace allclear::runtime
