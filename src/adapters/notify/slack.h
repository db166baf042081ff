// Slack's incoming webhooks: a text for notifications, blocks for reading
// (https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/block-kit/blocks). Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect slack(const SlackChannel& channel);

}  // namespace allclear::notify
