// HistoryReader: one page of a service's results, from chunks and from what is not packed yet. On the caller's
// read-only connection and thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "adapters/store/codec/history_page.h"
#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/recent_points.h"
#include "adapters/store/sqlite/unpacked_hours.h"

namespace allclear::store {

class HistoryReader {
 public:
  HistoryReader(Connection& connection, std::shared_ptr<const RecentPoints> recent)
      : connection_(connection), recent_(std::move(recent)) {}

  Result<HistoryPage> read(const HistoryQuery& query);
  // All results of a service in [from, to), hour by hour, the newest hour first.
  Result<void> scan(const ServiceId& service, WallTime from, WallTime to,
                    const std::function<void(const HistoryRow&)>& take);

 private:
  struct WantedCheck {
    std::int64_t number = 0;
    CheckKey key;
  };
  // Gathers the rows of an hour and those before it until `enough` says so, which may take them away.
  using Enough = std::function<bool(std::vector<HistoryRow>&)>;
  Result<void> gather(const HistoryQuery& query, const HistoryRange& range, const Enough& enough);
  std::vector<WantedCheck> find_checks(const HistoryQuery& query);
  void copy_recent(const std::vector<WantedCheck>& checks);
  void scan_log(const std::vector<WantedCheck>& checks);
  // The newest hour below `hour` that may hold rows.
  std::optional<std::int64_t> hour_before(std::int64_t hour);
  void collect(const WantedCheck& check, std::int64_t hour, const HistoryRange& range, std::vector<HistoryRow>& rows);

  Connection& connection_;
  std::shared_ptr<const RecentPoints> recent_;
  UnpackedHours unpacked_;
};

}  // namespace allclear::store
