// Channel: where alerts are sent, and which. Values, made by the config; what they hold is secret.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/model/ids.h"
#include "core/model/incident.h"

namespace allclear {

enum class WebhookFormat : std::uint8_t { cloudevents, alertmanager };

// CloudEvents 1.0, or what Alertmanager 4 would post; signed as Standard Webhooks when there is a key.
struct WebhookChannel {
  std::string url;                   // http or https, absolute
  std::vector<std::string> secrets;  // each "whsec_" + base64, or the key itself; none: not signed
  WebhookFormat format = WebhookFormat::cloudevents;
};

// from_start: smtps. required, offered: STARTTLS, without which nothing is sent, or which is used when the server has it.
enum class MailTls : std::uint8_t { from_start, required, offered, off };

struct EmailChannel {
  std::vector<std::string> to;  // at least one address; ASCII, as is `from`
  std::string from;
  std::string host;
  std::uint16_t port = 0;
  MailTls tls = MailTls::required;
  std::string user;  // empty: the server is not told who sends
  std::string password;
  std::string ca_file;  // PEM; empty: the system's bundle
};

// The URLs of these are secrets: who knows one may post.
struct SlackChannel {
  std::string url;
};
struct TeamsChannel {
  std::string url;
};
struct DiscordChannel {
  std::string url;
};

struct PagerDutyChannel {
  std::string routing_key;
  std::string url;  // of the Events API's host, without a path
};

struct TelegramChannel {
  std::string token;  // of the bot
  std::string chat;   // its number, or "@name" of a public one
  std::string url;    // of the Bot API's host, without a slash at its end
};

struct NtfyChannel {
  std::string topic;
  std::string token;            // empty: none is needed
  std::optional<int> priority;  // 1 to 5, of failures; absent: by severity
  std::string url;              // of the server, without a slash at its end
};

// A program that is run for each step.
struct ExecChannel {
  std::vector<std::string> argv;  // the first is an absolute path
  milliseconds timeout{10'000};
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
// When many incidents begin at once a channel is told of them in one message (R17).
struct GroupingPolicy {
  int threshold = 10;            // so many within the time below are told one by one
  milliseconds within{60'000};
  milliseconds every{300'000};   // between two messages of the group

  friend bool operator==(const GroupingPolicy&, const GroupingPolicy&) = default;
};

using ChannelPolicies = std::map<ChannelId, ChannelPolicy>;

using ChannelKind = std::variant<WebhookChannel, EmailChannel, SlackChannel, PagerDutyChannel, TeamsChannel,
                                 DiscordChannel, TelegramChannel, NtfyChannel, ExecChannel, UnsupportedChannel>;

struct Channel {
  ChannelId id;
  ChannelKind kind;
  ChannelPolicy policy{};
};

}  // namespace allclear
