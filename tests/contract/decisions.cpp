#include "tests/contract/decisions.h"

#include <gtest/gtest.h>

namespace allclear::contract {

WallTime start_time() { return *parse_rfc3339("2026-11-20T10:00:00Z"); }

CheckKey key_of(const std::string& service) { return key_of(service, service); }
CheckKey key_of(const std::string& service, const std::string& check) {
  return {ServiceId(service), CheckId(check), local_location()};
}

CheckResult result_at(WallTime at, Verdict verdict, microseconds latency) {
  CheckResult result;
  result.at = at;
  result.verdict = verdict;
  result.latency = latency;
  result.timings.connect = latency / 4;
  result.timings.first_byte = latency / 2;
  switch (verdict) {
    case Verdict::up: result.reason = Reason::ok; break;
    case Verdict::degraded: result.reason = Reason::slow; break;
    case Verdict::down: result.reason = Reason::timeout; break;
    case Verdict::unknown: result.reason = Reason::local_fault; break;
  }
  if (verdict == Verdict::up) result.status_code = 200;
  if (verdict == Verdict::down) result.detail = "no answer within 10 s";
  return result;
}

Decision quiet(const CheckKey& key, const CheckResult& result) {
  Decision decision;
  decision.service = key.service;
  decision.key = key;
  decision.result = result;
  return decision;
}

Decision with_state(const CheckKey& key, const CheckResult& result, std::uint64_t version) {
  Decision decision = quiet(key, result);
  CheckState state;
  state.verdict = result.verdict;
  state.reason = result.reason;
  state.since = result.at;
  state.at_most_up = {result.at, 1, Reason::ok};
  state.last_at = result.at;
  state.last_verdict = result.verdict;
  state.last_reason = result.reason;
  state.last_latency = brief(result.latency);
  state.last_status_code = result.status_code;
  state.version = version;
  decision.state = state;
  return decision;
}

Decision change(const CheckKey& key, const CheckResult& result, Verdict from, WallTime at) {
  Decision decision = quiet(key, result);
  decision.transition = Transition{key.service, from, result.verdict, at, result.at, result.reason, key.check};
  decision.service_state = ServiceState{key.service, result.verdict, result.reason, false, at};
  return decision;
}

Incident incident_of(const std::string& service, const std::string& id, WallTime opened_at) {
  Incident incident;
  incident.id = IncidentId(id);
  incident.service = ServiceId(service);
  incident.title = service + " is down";
  incident.worst = Verdict::down;
  incident.severity = Severity::major;
  incident.reason = Reason::timeout;
  incident.cause = CheckId(service);
  incident.opened_at = opened_at;
  incident.timeline.push_back({1, opened_at, IncidentStep::opened, IncidentState::investigating, "It does not answer.",
                               "no answer within 10 s", ""});
  return incident;
}

Alert alert_of(const Incident& incident, std::uint32_t ordinal, const std::string& channel, WallTime at) {
  Alert alert;
  alert.id = AlertId(incident.id.value() + "/" + std::to_string(ordinal) + "/" + channel);
  alert.incident = incident.id;
  alert.service = incident.service;
  alert.ordinal = ordinal;
  alert.step = ordinal == 1 ? IncidentStep::opened : IncidentStep::resolved;
  alert.channel = ChannelId(channel);
  alert.created_at = at;
  alert.due_at = at;
  return alert;
}

Decision with_incident(const Incident& incident, std::vector<Alert> alerts) {
  Decision decision;
  decision.service = incident.service;
  decision.incident = incident;
  decision.alerts = std::move(alerts);
  return decision;
}

Catalogue catalogue_of(std::initializer_list<std::string> services, milliseconds interval) {
  Catalogue catalogue;
  for (const std::string& name : services) {
    auto check = std::make_shared<Check>();
    check->service = ServiceId(name);
    check->id = CheckId(name);
    check->interval = interval;
    auto service = std::make_shared<Service>();
    service->id = ServiceId(name);
    service->name = name;
    service->checks.push_back(check);
    catalogue.services.push_back(service);
  }
  return catalogue;
}

void commit_all(CheckLog& log, const std::vector<Decision>& decisions) {
  for (const Decision& decision : decisions) {
    const auto stored = log.commit({&decision, 1});
    ASSERT_TRUE(stored) << stored.error().message;
  }
}

std::vector<WallTime> times_of(const HistoryPage& page) {
  std::vector<WallTime> times;
  for (const HistoryRow& row : page.rows) times.push_back(row.result.at);
  return times;
}

}  // namespace allclear::contract
