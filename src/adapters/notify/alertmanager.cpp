#include "adapters/notify/alertmanager.h"

#include <fmt/format.h>

#include "adapters/notify/message.h"
#include "base/hash.h"
#include "base/json.h"

namespace allclear::notify {
namespace {

constexpr std::string_view alert_name = "AllClear";

std::string status_of(const Message& message) { return is_end(message.standing) ? "resolved" : "firing"; }

OrderedJson labels_of(const Notice& notice, const Message& message) {
  OrderedJson labels;
  labels["alertname"] = alert_name;
  labels["service"] = notice.alert.service.value();
  labels["severity"] = std::string(to_string(message.severity));
  for (const Fact& fact : message.facts) {
    if (fact.label == "Group") labels["group"] = fact.value;
  }
  return labels;
}

OrderedJson annotations_of(const Notice& notice, const Message& message) {
  OrderedJson annotations;
  annotations["summary"] = message.subject;
  annotations["description"] = message.body;
  annotations["incident"] = notice.incident.id.value();
  annotations["step"] = std::string(to_string(notice.alert.step));
  if (!message.diagnosis.empty()) annotations["diagnosis"] = message.diagnosis;
  return annotations;
}

OrderedJson alert_of(const Notice& notice, const Message& message) {
  OrderedJson alert;
  alert["status"] = status_of(message);
  alert["labels"] = labels_of(notice, message);
  alert["annotations"] = annotations_of(notice, message);
  alert["startsAt"] = format_rfc3339(notice.incident.opened_at);
  // Go's zero time: not over yet.
  alert["endsAt"] = notice.incident.resolved_at ? format_rfc3339(*notice.incident.resolved_at) : "0001-01-01T00:00:00Z";
  alert["generatorURL"] = message.incident_link.empty() ? message.page_link : message.incident_link;
  alert["fingerprint"] = stable_key({notice.incident.id.value()}).substr(0, 16);
  return alert;
}

}  // namespace

std::string render_alertmanager(const Notice& notice) {
  const Message message = make_message(notice);
  OrderedJson group;
  group["version"] = "4";
  group["groupKey"] = fmt::format("{{}}:{{service=\"{}\"}}", notice.alert.service.value());
  group["truncatedAlerts"] = 0;
  group["status"] = status_of(message);
  group["receiver"] = notice.alert.channel.value();
  group["groupLabels"]["service"] = notice.alert.service.value();
  group["commonLabels"] = labels_of(notice, message);
  group["commonAnnotations"] = annotations_of(notice, message);
  group["externalURL"] = message.page_link;
  group["alerts"] = OrderedJson::array({alert_of(notice, message)});
  return group.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace allclear::notify
