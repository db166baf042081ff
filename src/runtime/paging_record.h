// What a store says was paged: incidents, the alerts' ledger, who acknowledged. On the caller's thread.
#pragma once

#include <vector>

#include "base/result.h"
#include "core/ports/store.h"
#include "core/rules/compare_paging.h"
#include "runtime/history_replay.h"

namespace allclear::runtime {

struct PagingRecord {
  Paging paging;
  std::vector<Acknowledged> acknowledged;  // ascending
  std::size_t undelivered = 0;             // of the alerts: owed still, or given up
};

// Incidents that touch [from, to), but for the monitor's own and those by hand, and the alerts of that time. Without a
// service: groups' alerts, too.
Result<PagingRecord> read_paging_record(Queries& queries, const std::optional<ServiceId>& service, WallTime from,
                                        WallTime to);

}  // namespace allclear::runtime
