#include "adapters/notify/pagerduty.h"

#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

constexpr std::size_t summary_limit = 1'024;
constexpr std::size_t key_limit = 255;

// A step that tells nothing of an end triggers: PagerDuty adds it to the alert with the same key.
std::string_view action_of(Standing standing) {
  switch (standing) {
    case Standing::failing: return "trigger";
    case Standing::acknowledged: return "acknowledge";
    case Standing::over:
    case Standing::unwatched: return "resolve";
  }
  return "trigger";
}

// A replayed step that triggers would open at PagerDuty what nothing closes.
bool is_history(const Notice& notice) { return notice.alert.replayed_at && notice.incident.resolved_at; }

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::minor: return "warning";
    case Severity::major: return "error";
    case Severity::critical: return "critical";
  }
  return "error";
}

OrderedJson payload_of(const Notice& notice, const Message& message) {
  OrderedJson payload;
  payload["summary"] = one_line(message.headline, summary_limit);
  payload["source"] = notice.alert.service.value();
  payload["severity"] = std::string(severity_of(message.severity));
  payload["timestamp"] = format_rfc3339(message.at);
  payload["component"] = notice.alert.service.value();
  for (const Fact& fact : message.facts) {
    if (fact.label == "Group") payload["group"] = fact.value;
    if (fact.label == "Reason") payload["class"] = fact.value;
    payload["custom_details"][std::string(fact.label)] = fact.value;
  }
  payload["custom_details"]["Text"] = message.body;
  if (!message.diagnosis.empty()) payload["custom_details"]["Diagnosis"] = message.diagnosis;
  return payload;
}

OrderedJson links_of(const Message& message) {
  OrderedJson links = OrderedJson::array();
  if (!message.incident_link.empty()) links.push_back({{"href", message.incident_link}, {"text", "Incident"}});
  if (!message.page_link.empty()) links.push_back({{"href", message.page_link}, {"text", "Status page"}});
  return links;
}

Post compose(const PagerDutyChannel& channel, const Notice& notice) {
  const Message message = make_message(notice);
  OrderedJson body;
  body["routing_key"] = channel.routing_key;
  body["event_action"] = std::string(action_of(is_history(notice) ? Standing::over : message.standing));
  body["dedup_key"] = one_line(notice.incident.id.value(), key_limit);
  body["client"] = "AllClear";
  if (!message.page_link.empty()) body["client_url"] = message.page_link;
  body["payload"] = payload_of(notice, message);
  body["links"] = links_of(message);
  Post post;
  post.url = http_url(channel.url + "/v2/enqueue");
  post.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return post;
}

}  // namespace

HttpDialect pagerduty(const PagerDutyChannel& channel) {
  HttpDialect dialect;
  dialect.compose = [channel](const Notice& notice, WallTime) { return compose(channel, notice); };
  dialect.advice.malformed = "is the routing key that of an Events API v2 integration?";
  dialect.advice.refused = "is the routing key right?";
  dialect.secrets = {channel.routing_key};
  return dialect;
}

}  // namespace allclear::notify
