// Channel: where alerts are sent. Values, made by the config; what they hold is secret.
#pragma once

#include <string>
#include <variant>

#include "core/model/ids.h"

namespace allclear {

// CloudEvents 1.0 by POST, signed as Standard Webhooks when there is a secret.
struct WebhookChannel {
  std::string url;     // http or https, absolute
  std::string secret;  // "whsec_" + base64, or the key itself; empty: not signed
};

// A part of the contract that is not built yet: what it is owed stays in the outbox.
struct UnsupportedChannel {
  std::string kind;
};

struct Channel {
  ChannelId id;
  std::variant<WebhookChannel, UnsupportedChannel> kind;
};

}  // namespace allclear
