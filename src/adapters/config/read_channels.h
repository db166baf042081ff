// Reading `channels`: where alerts go, what each wants to be told of, and when.
#pragma once

#include <vector>

#include "adapters/config/section.h"
#include "core/model/channel.h"

namespace allclear::config {

// In the file's order, those with mistakes too (all reported).
std::vector<Channel> read_channels(const Section& root);

}  // namespace allclear::config
