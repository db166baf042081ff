// PackedRows: which rows of the append log are in a chunk already (the log is trimmed later). One thread.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "adapters/store/sqlite/connection.h"
#include "adapters/store/sqlite/schema.h"

namespace allclear::store {

class PackedRows {
 public:
  explicit PackedRows(Connection& connection) : connection_(connection) {}

  bool contains(std::int64_t check, WallTime at, std::int64_t row) { return row <= last(check, hour_number(at)); }

  // The last row of the log that the chunks of this check's hour contain.
  std::int64_t last(std::int64_t check, std::int64_t hour) {
    const std::int64_t first = chunk_row(hour, check, 0);
    const auto [place, fresh] = last_packed_.try_emplace(first, 0);
    if (fresh) {
      place->second =
          connection_
              .value("SELECT max(last_recent) FROM chunks WHERE row BETWEEN ? AND ?", first, first + most_chunk_parts)
              .value_or(0);
    }
    return place->second;
  }

 private:
  Connection& connection_;
  std::unordered_map<std::int64_t, std::int64_t> last_packed_;  // by the first chunk row of the check's hour
};

}  // namespace allclear::store
