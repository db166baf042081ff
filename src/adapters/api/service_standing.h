// How a service stands, in brief: the one reading of a snapshot that the public page and operators' answers share. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "core/model/snapshot.h"
#include "core/model/verdict.h"

namespace allclear::api {

struct ServiceStanding {
  ShownState state = ShownState::unknown;
  Reason reason = Reason::no_data;
  std::optional<WallTime> since;
  std::optional<WallTime> checked_at;
  std::optional<microseconds> latency;  // of the slowest check's last result
};

ServiceStanding standing_of(const ServiceSnapshot& service);

// "public", "internal".
std::string_view word_of(Visibility visibility);

}  // namespace allclear::api
