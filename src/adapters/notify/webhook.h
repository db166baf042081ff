// Webhook: CloudEvents, or what Alertmanager would post, signed as Standard Webhooks when there is a secret. Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect webhook(const WebhookChannel& channel);

}  // namespace allclear::notify
