// The tables, as the numbered steps that make them. Steps are only ever added. Constant.
#pragma once

#include <span>
#include <string_view>

#include "base/time.h"

namespace allclear::store {

class Connection;

// Brings a database from version - 1 to version.
struct Migration {
  int version = 0;
  std::span<const std::string_view> statements;
  void (*fill)(Connection&) = nullptr;  // after the statements, in the same transaction; for what SQL cannot say
};

std::span<const Migration> migrations();

// Hours and days since 1970 number the rollups' buckets; times before 1970 count as 0.
std::int64_t hour_number(WallTime time);
std::int64_t day_number(WallTime time);
WallTime hour_start(std::int64_t hour);
WallTime day_start(std::int64_t day);

// A chunk's row id holds hour, check and part in this order, so that the table itself is the index.
std::int64_t chunk_row(std::int64_t hour, std::int64_t check, std::int64_t part);
std::int64_t chunk_hour(std::int64_t row);
std::int64_t chunk_check(std::int64_t row);
inline constexpr std::int64_t most_chunk_parts = (1 << 12) - 1;

}  // namespace allclear::store
