#include "adapters/notify/ntfy.h"

#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

// ntfy's 1 (least) to 5 (it rings until somebody looks).
int priority_of(const NtfyChannel& channel, const Message& message) {
  constexpr int low = 2, usual = 3, high = 4, most = 5;
  switch (message.standing) {
    case Standing::acknowledged: return low;
    case Standing::over:
    case Standing::unwatched: return usual;
    case Standing::failing: break;
  }
  if (channel.priority) return *channel.priority;
  switch (message.severity) {
    case Severity::minor: return usual;
    case Severity::major: return high;
    case Severity::critical: return most;
  }
  return high;
}

Post compose(const NtfyChannel& channel, const Notice& notice) {
  const Message message = make_message(notice);
  OrderedJson body;
  body["topic"] = channel.topic;
  body["title"] = message.subject;
  body["message"] = plain_text(message);  // below the 4,096 bytes beyond which it becomes an attachment
  body["priority"] = priority_of(channel, message);
  const std::string& link = message.incident_link.empty() ? message.page_link : message.incident_link;
  if (!link.empty()) body["click"] = link;
  Post post;
  post.url = http_url(channel.url + "/");
  if (!channel.token.empty()) post.authorization = "Bearer " + channel.token;
  post.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return post;
}

}  // namespace

HttpDialect ntfy(const NtfyChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime) { return compose(channel, notice); };
  dialect.advice.malformed = "is the topic's name right?";
  dialect.advice.refused = "is the token right, and may it write to the topic?";
  dialect.secrets = {channel.token};
  return dialect;
}

}  // namespace allclear::notify
