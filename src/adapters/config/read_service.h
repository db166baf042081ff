// Reading `defaults` and `services`: the catalogue, with its relations checked.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/config/channel_directory.h"
#include "adapters/config/read_check.h"
#include "adapters/config/section.h"
#include "core/model/service.h"

namespace allclear::config {

struct Defaults {
  Timing timing;
  std::optional<Shared<std::vector<ChannelId>>> alerts;  // absent: every channel
  bool alerts_on_first = false;
  milliseconds reopen{600'000};
};

Defaults read_defaults(const Section& root, ChannelDirectory& channels);
// In the file's order; those with mistakes are left out (all reported).
std::vector<std::shared_ptr<const Service>> read_services(const Section& root, const Defaults& defaults,
                                                          ChannelDirectory& channels);

}  // namespace allclear::config
