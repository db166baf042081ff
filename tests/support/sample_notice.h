// A notice as the dispatcher makes it, for tests of channels. Header-only; tests only.
#pragma once

#include <memory>
#include <string>

#include "base/hash.h"
#include "core/ports/notifier.h"

namespace allclear::testing_support {

inline WallTime noon() { return *parse_rfc3339("2026-11-20T12:00:00Z"); }

// The texts that come from elsewhere.
struct ForeignText {
  std::string name = "Shop";
  std::string group = "Web";
  std::string title = "Shop is down";
  std::string body = "Shop is down: did not answer in time";
  std::string evidence = "connect to 10.0.0.1:443 timed out";
  std::string diagnosis;
  std::string who = "anna";

  static ForeignText all(const std::string& text) { return {text, text, text, text, text, text, text}; }
};

// An incident that began at 11:55 and whose `step` is told at 12:00.
inline Notice sample_notice(IncidentStep step = IncidentStep::opened, const ForeignText& text = {}) {
  using std::chrono::minutes;
  Notice notice;
  notice.incident.id = IncidentId("01JD4Z8Q2W9N5T0V7X3Y6B1CMK");
  notice.incident.service = ServiceId("shop");
  notice.incident.title = text.title;
  notice.incident.worst = Verdict::down;
  notice.incident.severity = Severity::major;
  notice.incident.reason = Reason::timeout;
  notice.incident.opened_at = noon() - minutes(5);
  notice.incident.diagnosis = text.diagnosis;
  notice.incident.timeline = {
      {1, noon() - minutes(4), IncidentStep::opened, IncidentState::investigating, text.body, text.evidence, ""}};
  const bool first = step == IncidentStep::opened;
  if (!first) {
    const std::string body = step == IncidentStep::acknowledged || step == IncidentStep::reminder ? "" : text.body;
    notice.incident.timeline.push_back({2, noon(), step, IncidentState::investigating, body, text.evidence, ""});
  }
  if (step == IncidentStep::resolved) {
    notice.incident.resolved_at = noon();
    notice.incident.state = IncidentState::resolved;
  }
  if (step == IncidentStep::acknowledged) {
    notice.incident.acknowledged_at = noon();
    notice.incident.acknowledged_by = text.who;
  }
  notice.alert.ordinal = first ? 1 : 2;
  notice.alert.step = step;
  notice.alert.channel = ChannelId("ops");
  notice.alert.incident = notice.incident.id;
  notice.alert.service = notice.incident.service;
  notice.alert.created_at = noon();
  notice.alert.id = AlertId(stable_key({notice.incident.id.value(), std::to_string(notice.alert.ordinal), "ops"}));
  auto service = std::make_shared<Service>();
  service->id = ServiceId("shop");
  service->name = text.name;
  service->group = text.group;
  notice.service = service;
  notice.page_url = "https://status.example.com";
  return notice;
}

inline constexpr IncidentStep every_step[] = {
    IncidentStep::opened,   IncidentStep::acknowledged,     IncidentStep::escalated,
    IncidentStep::updated,  IncidentStep::reminder,         IncidentStep::resolved,
    IncidentStep::reopened, IncidentStep::flapping_started, IncidentStep::flapping_stopped};

}  // namespace allclear::testing_support
