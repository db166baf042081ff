// PointChunk: the results of one check in one hour, each as its difference to the one before: 13 to 16 bytes a
// point. Built by appending; read whole. Value; broken bytes are an Error and bounded work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/model/check_result.h"

namespace allclear::store {

class PointChunk {
 public:
  // More than an hour of the shortest interval (100 ms).
  static constexpr std::size_t most_points = 40'000;
  // Details are told once while they stay the same; above this sum per chunk later ones are left out.
  static constexpr std::size_t most_detail_bytes = 8 * 1024;

  void append(const CheckResult& result);
  bool full() const { return points_ >= most_points; }
  std::size_t points() const { return points_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::size_t points_ = 0;
  std::size_t detail_bytes_ = 0;
  std::uint64_t step_ = 0;  // between the last two points
  CheckResult last_;
  std::string last_detail_;
};

// In the order in which they were appended.
Result<std::vector<CheckResult>> read_chunk(std::string_view bytes);

}  // namespace allclear::store
