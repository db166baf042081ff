// HistoryReader: one page of a service's results, from chunks and from what is not packed yet. On the caller's
// read-only connection and thread.
#pragma once

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

 private:
  struct WantedCheck {
    std::int64_t number = 0;
    CheckKey key;
  };
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
