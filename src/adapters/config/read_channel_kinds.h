// Reading one kind of channel: its own map, such as `slack: {url_file: …}`.
#pragma once

#include <span>
#include <string_view>

#include "adapters/config/section.h"
#include "core/model/channel.h"

namespace allclear::config {

// The keys of which a channel has one; in the order in which they are listed to people.
std::span<const std::string_view> channel_kinds();

// `kind`: one of channel_kinds() that the channel has. Mistakes are reported.
ChannelKind read_channel_kind(const Section& channel, std::string_view kind);

}  // namespace allclear::config
