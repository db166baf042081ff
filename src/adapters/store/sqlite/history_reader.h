// HistoryReader: one page of a service's results, from chunks and from what is not packed yet. On the caller's
// read-only connection and thread.
#pragma once

#include <memory>
#include <vector>

#include "adapters/store/codec/history_page.h"
#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/recent_points.h"

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
  // Results of one check and hour that are not packed (or were not when they were copied).
  struct FreshHour {
    std::int64_t check = 0;
    std::int64_t hour = 0;
    std::int64_t first_row = 0;
    std::vector<CheckResult> results;
  };

  std::vector<WantedCheck> find_checks(const HistoryQuery& query);
  void copy_recent(const std::vector<WantedCheck>& checks);
  void scan_log(const std::vector<WantedCheck>& checks);
  FreshHour& fresh_hour(std::int64_t check, std::int64_t hour, std::int64_t row);
  // The newest hour below `hour` that may hold rows.
  std::optional<std::int64_t> hour_before(std::int64_t hour);
  void collect(const WantedCheck& check, std::int64_t hour, const HistoryRange& range, std::vector<HistoryRow>& rows);

  Connection& connection_;
  std::shared_ptr<const RecentPoints> recent_;
  std::vector<FreshHour> fresh_;
};

}  // namespace allclear::store
