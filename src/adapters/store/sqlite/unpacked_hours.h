// UnpackedHours: the results that no chunk held when a reader looked, by check and hour. One thread.
// They are taken first, the chunks in a later snapshot: an hour that was packed between the two is in both, and counted
// once, since a chunk whose rows of the log are here is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/store/sqlite/connection.h"
#include "core/model/check_result.h"

namespace allclear::store {

class UnpackedHours {
 public:
  using Wanted = std::function<bool(std::int64_t check)>;

  void clear() { hours_.clear(), newest_row_.reset(); }
  // Walks the whole append log, inside the caller's transaction. What is broken in it is a fault of the connection.
  void scan_log(Connection& connection, const Wanted& wanted);
  void add(std::int64_t check, std::int64_t hour, std::int64_t first_row, std::vector<CheckResult> results);
  // The newest row of the log, of any check, at the time to which what is added belongs.
  void end_with(std::optional<std::int64_t> newest_row) { newest_row_ = newest_row; }

  // In the order in which they were stored; empty: none.
  const std::vector<CheckResult>& results(std::int64_t check, std::int64_t hour) const;
  // Whether a chunk that ends with this row of the log holds what is here.
  bool covers(std::int64_t check, std::int64_t hour, std::int64_t last_row) const;
  // Whether a chunk that ends with this row ends later than the log did by then. It is left out, or there would be holes
  // before what it holds.
  bool is_older_than(std::int64_t last_row) const { return newest_row_ && *newest_row_ < last_row; }
  std::optional<std::int64_t> newest_below(std::int64_t hour) const;
  std::optional<std::int64_t> oldest_from(std::int64_t hour) const;
  std::vector<std::int64_t> checks_of(std::int64_t hour) const;

 private:
  struct Hour {
    std::int64_t first_row = 0;
    std::vector<CheckResult> results;
  };
  using Place = std::pair<std::int64_t, std::int64_t>;  // hour, check

  Hour& hour_of(std::int64_t check, std::int64_t hour, std::int64_t first_row);

  std::map<Place, Hour> hours_;
  std::optional<std::int64_t> newest_row_;
};

}  // namespace allclear::store
