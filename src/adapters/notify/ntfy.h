// ntfy: publishing as JSON (https://docs.ntfy.sh/publish/#publish-as-json). Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect ntfy(const NtfyChannel& channel);

}  // namespace allclear::notify
