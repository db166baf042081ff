// Telegram's Bot API: sendMessage in its HTML (https://core.telegram.org/bots/api#sendmessage). Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect telegram(const TelegramChannel& channel);

}  // namespace allclear::notify
