// Channel: where alerts are sent, and which. Values, made by the config; what they hold is secret.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"
#include "core/model/incident.h"

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

// Which incidents a channel is told of, and when. A channel that was told of an incident hears of its end too.
struct ChannelPolicy {
  std::vector<Verdict> only_verdicts;     // empty: every; else the worst so far must be one of them
  std::vector<Severity> only_severities;  // empty: every
  milliseconds after{0};                  // waits this long, and is told only if nobody acknowledged till then
  milliseconds remind{0};                 // tells again this often while nobody acknowledges; 0: never
  std::optional<ChannelId> fallback;      // is told when this one does not take an alert for a minute

  friend bool operator==(const ChannelPolicy&, const ChannelPolicy&) = default;
};
using ChannelPolicies = std::map<ChannelId, ChannelPolicy>;

struct Channel {
  ChannelId id;
  std::variant<WebhookChannel, UnsupportedChannel> kind;
  ChannelPolicy policy{};
};

}  // namespace allclear
