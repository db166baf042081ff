// The operators' overview: every service as one row, whole or as what changed between two of them. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/model/snapshot.h"
#include "core/model/uptime.h"

namespace allclear::api {

using Uptimes = std::unordered_map<std::string, UptimeWindows>;  // by service

std::shared_ptr<const Uptimes> uptimes_of(const std::vector<ServiceDays>& days);

// What an overview is made from.
struct OverviewView {
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const Uptimes> uptimes;  // null: none known yet
  std::string page_name;
};

// By columns: thousands of rows compress to a tenth so.
std::string render_overview(const OverviewView& view, std::uint64_t seq);

enum class Difference : std::uint8_t {
  none,
  values,
  catalogue,  // other services, names or groups: nothing but a whole overview tells
};

// `text`: the data of a change event under the number `seq`, not of `catalogue`. What both views share is not looked at.
struct OverviewChange {
  Difference difference = Difference::none;
  std::string text;
};
OverviewChange compare_overviews(const OverviewView& from, const OverviewView& to, std::uint64_t seq);

std::vector<std::shared_ptr<const Incident>> open_incidents(const Snapshot& snapshot);

}  // namespace allclear::api
