#include "adapters/api/services.h"

#include <algorithm>
#include <array>

#include "adapters/api/incidents.h"
#include "adapters/api/json_writer.h"
#include "adapters/api/parameters.h"
#include "adapters/api/public_view.h"
#include "adapters/api/service_standing.h"

namespace allclear::api {
namespace {

constexpr std::size_t looked_at = 50;  // newest results, for the last word of a check that fails

void write_latency(JsonWriter& json, std::optional<microseconds> latency) {
  latency ? json.number(to_milliseconds(*latency), 1) : json.null();
}

void write_text_or_null(JsonWriter& json, std::string_view text) { text.empty() ? json.null() : json.text(text); }

void write_seconds(JsonWriter& json, milliseconds time) { json.number(static_cast<double>(time.count()) / 1000, 3); }

void write_members(JsonWriter& json, const ServiceSnapshot& snapshot) {
  const Service& service = *snapshot.service;
  const ServiceStanding standing = standing_of(snapshot);
  json.key("id").text(service.id.value()).key("name").text(service.name).key("group");
  write_text_or_null(json, service.group);
  json.key("visibility").text(word_of(service.visibility)).key("state").text(to_string(standing.state));
  json.key("since").time_or_null(standing.since).key("reason").text(to_string(standing.reason));
  json.key("last_checked_at").time_or_null(standing.checked_at).key("latency_ms");
  write_latency(json, standing.latency);
  json.key("source").text(service.id == monitor_service() ? "monitor" : "file");
}

template <class Ids>
void write_ids(JsonWriter& json, std::string_view name, const Ids& ids) {
  json.key(name).begin_array();
  for (const auto& id : ids) json.text(id.value());
  json.end_array();
}

void write_uptime(JsonWriter& json, const Uptimes* uptimes, const ServiceId& id) {
  UptimeWindows windows;
  if (uptimes != nullptr) {
    if (const auto known = uptimes->find(id.value()); known != uptimes->end()) windows = known->second;
  }
  const std::array<std::pair<std::string_view, std::optional<double>>, 4> all{
      {{"24h", windows.day}, {"7d", windows.week}, {"30d", windows.month}, {"90d", windows.quarter}}};
  json.key("uptime").begin_object();
  for (const auto& [name, ratio] : all) {
    json.key(name);
    ratio ? json.number(truncate_ratio(*ratio), 4) : json.null();
  }
  json.end_object();
}

std::string_view word_of(Role role) {
  switch (role) {
    case Role::unspecified: return {};
    case Role::reachability: return "reachability";
    case Role::application: return "application";
  }
  return {};
}

void write_phases(JsonWriter& json, const PhaseTimings& timings) {
  const std::array<std::pair<std::string_view, std::optional<microseconds>>, 5> all{{{"dns", timings.dns},
                                                                                     {"connect", timings.connect},
                                                                                     {"tls", timings.tls},
                                                                                     {"first_byte", timings.first_byte},
                                                                                     {"transfer", timings.transfer}}};
  json.key("phases_ms");
  if (std::none_of(all.begin(), all.end(), [](const auto& phase) { return phase.second.has_value(); })) {
    json.null();
    return;
  }
  json.begin_object();
  for (const auto& [name, time] : all) {
    if (time) json.key(name).number(to_milliseconds(*time), 3);
  }
  json.end_object();
}

// What the log says of the last result, or of one before it that failed likewise: the newest may not be stored yet. Without
// that its reason in words. Empty: nothing is wrong.
std::string last_error(const CheckSnapshot& check, Queries& queries, const Mask& mask) {
  const bool failed = check.state.last_at != WallTime{} && check.state.last_reason != Reason::ok;
  if (!failed) return {};
  HistoryQuery query;
  query.service = check.key.service;
  query.check = check.key.check;
  query.to = check.state.last_at + milliseconds(1);
  query.limit = looked_at;
  if (const auto page = queries.history(query)) {
    for (const HistoryRow& row : page->rows) {
      if (row.key == check.key && row.result.reason == check.state.last_reason && !row.result.detail.empty())
        return mask(row.result.detail);
    }
  }
  return std::string(describe(check.state.last_reason));
}

void write_policy(JsonWriter& json, const Check& check) {
  const bool waits = std::holds_alternative<HeartbeatTarget>(check.target);
  json.key("interval_s");
  write_seconds(json, check.interval);
  json.key("timeout_s");
  waits ? json.null() : (write_seconds(json, check.timeout), json);
  json.key("degraded_above_ms");
  const bool limited = check.expect && check.expect->latency;
  limited ? json.integer(check.expect->latency->count()) : json.null();
}

void write_check(JsonWriter& json, const Service& service, const CheckSnapshot& snapshot, Queries& queries,
                 const Mask& mask) {
  const auto found = std::find_if(service.checks.begin(), service.checks.end(),
                                  [&](const auto& check) { return check->id == snapshot.key.check; });
  if (found == service.checks.end()) return;
  const Check& check = **found;
  const bool looks = service.enabled && check.enabled;
  const CheckStanding& state = snapshot.state;
  json.begin_object().key("id").text(check.id.value()).key("kind").text(kind_of(check.target));
  json.key("target").text(mask(describe(check.target))).key("role");
  write_text_or_null(json, word_of(check.role));
  json.key("location").text(snapshot.key.location.value());
  write_policy(json, check);
  json.key("state").text(to_string(looks ? to_shown(state.verdict) : ShownState::unknown)).key("since");
  json.time_or_null(state.since == WallTime{} ? std::nullopt : std::optional(state.since));
  json.key("reason").text(to_string(looks ? state.reason : Reason::paused)).key("last_checked_at");
  json.time_or_null(state.last_at == WallTime{} ? std::nullopt : std::optional(state.last_at)).key("latency_ms");
  write_latency(json,
                state.last_latency > microseconds(0) ? std::optional<microseconds>(state.last_latency) : std::nullopt);
  write_phases(json, state.last_phases.timings());
  json.key("error");
  write_text_or_null(json, last_error(snapshot, queries, mask));
  json.end_object();
}

}  // namespace

Result<std::string, Problem> answer_services(const net::HttpRequest& request, const Snapshot& snapshot) {
  ParameterReader reader(request);
  const std::size_t limit = reader.limit();
  const std::string cursor = reader.cursor();
  std::size_t first = 0;
  if (!cursor.empty()) {
    const auto last = std::find_if(snapshot.services.begin(), snapshot.services.end(),
                                   [&](const ServiceSnapshot& each) { return each.service->id.value() == cursor; });
    first = static_cast<std::size_t>(std::distance(snapshot.services.begin(), last)) + 1;
    if (last == snapshot.services.end()) reader.wrong("cursor", std::string(expected_cursor));
  }
  std::vector<FieldError> errors = reader.take_errors();
  if (!errors.empty()) return tl::unexpected(Problem{400, "a parameter is not as expected", {}, std::move(errors)});
  const std::size_t end = std::min(snapshot.services.size(), first + limit);
  JsonWriter json;
  json.begin_object().key("services").begin_array();
  for (std::size_t i = first; i < end; ++i) {
    json.begin_object();
    write_members(json, snapshot.services[i]);
    json.end_object();
  }
  json.end_array().key("next");
  end<snapshot.services.size() && end> first ? json.text(snapshot.services[end - 1].service->id.value()) : json.null();
  json.end_object();
  return json.take();
}

const ServiceSnapshot* find_service(const Snapshot& snapshot, const ServiceId& id) {
  for (const ServiceSnapshot& service : snapshot.services) {
    if (service.service->id == id) return &service;
  }
  return nullptr;
}

Result<std::string, Problem> answer_service(const ServiceId& id, const Snapshot& snapshot, const Uptimes* uptimes,
                                            Queries& queries, const Mask& mask) {
  const ServiceSnapshot* found = find_service(snapshot, id);
  if (found == nullptr) return tl::unexpected(Problem{404, "there is no such service", {}, {}});
  const Service& service = *found->service;
  JsonWriter json;
  json.begin_object();
  write_members(json, *found);
  write_ids(json, "depends_on", *service.depends_on);
  write_ids(json, "alerts", *service.alerts);
  json.key("enabled").boolean(service.enabled);
  write_uptime(json, uptimes, id);
  json.key("incident");
  found->open_incident ? write_listed_incident(json, *found->open_incident) : (void)json.null();
  json.key("muted_until").null().key("checks").begin_array();
  for (const CheckSnapshot& check : found->checks) write_check(json, service, check, queries, mask);
  json.end_array().end_object();
  return json.take();
}

}  // namespace allclear::api
