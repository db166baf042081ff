// RecentPoints: the results that are committed but not yet packed into the chunks table, per check and hour.
// The store's writer appends and takes away; readers copy. Any thread (one mutex, held for microseconds).
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/store/codec/point_chunk.h"

namespace allclear::store {

// One check's hour (or the part of it that came since an earlier part was packed).
struct RecentHour {
  std::int64_t check = 0;
  std::int64_t hour = 0;
  std::int64_t first_row = 0;  // of the append log
  std::int64_t last_row = 0;
  std::string points;  // read_chunk()
};

struct RecentCopy {
  std::vector<RecentHour> hours;
  std::optional<std::int64_t> newest_row;  // of any check; absent: nothing was ever committed
};

class RecentPoints {
 public:
  void append(std::int64_t check, std::int64_t row, const CheckResult& result);
  // The newest row of the log; what was packed already counts, too.
  void note_newest(std::int64_t row);
  RecentCopy copy(std::span<const std::int64_t> checks) const;

  // Up to `most` that can be packed: hours outside [first, last] (ended, or left behind by a clock that jumped) and full
  // ones. forget() each once its chunk is durable.
  std::vector<RecentHour> ready(std::int64_t first, std::int64_t last, std::size_t most) const;
  void forget(const RecentHour& packed);
  // The oldest row of the log that is still needed; absent when everything is packed.
  std::optional<std::int64_t> oldest_row() const;

 private:
  struct Hour {
    std::int64_t hour = 0;
    std::int64_t first_row = 0;
    std::int64_t last_row = 0;
    PointChunk chunk;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, std::vector<Hour>> checks_;
  std::optional<std::int64_t> newest_row_;
};

}  // namespace allclear::store
