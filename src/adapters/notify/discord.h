// Discord's webhooks: one embed that mentions nobody
// (https://discord.com/developers/docs/resources/webhook#execute-webhook). Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect discord(const DiscordChannel& channel);

}  // namespace allclear::notify
