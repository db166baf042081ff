// Reading `defaults`, `channels`' names and `services`: the catalogue, with its relations checked.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

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

// Channels in the file's order.
using ChannelNames = std::vector<std::string>;

Defaults read_defaults(const Section& root, const ChannelNames& channels);
// In the file's order; those with mistakes are left out (all reported).
std::vector<std::shared_ptr<const Service>> read_services(const Section& root, const Defaults& defaults,
                                                          const ChannelNames& channels);

// Whether the text may follow "mailto:".
bool is_mail_address(std::string_view text);

}  // namespace allclear::config
