#include "adapters/api/history.h"

#include <algorithm>

#include "adapters/api/json_writer.h"
#include "adapters/api/parameters.h"
#include "adapters/api/status_json.h"

namespace allclear::api {
namespace {

constexpr std::size_t most_incidents = 100;
constexpr std::chrono::days incident_span{90};

const Service* find_public(const Snapshot& snapshot, const std::string& id) {
  for (const auto& entry : snapshot.services) {
    if (entry.service->id.value() == id && entry.service->visibility == Visibility::open) return entry.service.get();
  }
  return nullptr;
}

void write_phase(JsonWriter& json, std::string_view name, const std::optional<microseconds>& time) {
  if (time) json.key(name).number(to_milliseconds(*time), 1);
}

void write_check(JsonWriter& json, const HistoryRow& row) {
  const CheckResult& result = row.result;
  json.begin_object().key("at").time(result.at).key("check").text(row.key.check.value());
  json.key("state").text(to_string(result.verdict)).key("status_code");
  result.status_code != 0 ? json.integer(result.status_code) : json.null();
  json.key("latency_ms");
  result.latency.count() > 0 ? json.number(to_milliseconds(result.latency), 1) : json.null();
  json.key("phases_ms").begin_object();
  write_phase(json, "dns", result.timings.dns);
  write_phase(json, "connect", result.timings.connect);
  write_phase(json, "tls", result.timings.tls);
  write_phase(json, "first_byte", result.timings.first_byte);
  write_phase(json, "transfer", result.timings.transfer);
  json.end_object();
  json.key("reason").text(to_string(result.reason)).key("location").text(row.key.location.value()).end_object();
}

void write_brief(JsonWriter& json, const Incident& incident) {
  const auto duration = duration_of(incident);
  json.begin_object().key("id").text(incident.id.value()).key("started_at").time(incident.opened_at);
  json.key("ended_at").time_or_null(incident.resolved_at).key("duration_s");
  duration ? json.integer(duration->count()) : json.null();
  json.key("reason").text(to_string(incident.reason)).end_object();
}

Problem store_problem() { return {503, "the history cannot be read at the moment", {}, {}}; }

}  // namespace

Result<HistoryQuery, Problem> read_history_request(const net::HttpRequest& request, const Snapshot& snapshot) {
  ParameterReader reader(request);
  HistoryQuery query;
  const std::string* service = reader.once("service");
  if (request.query_value("service") == nullptr || (service != nullptr && service->empty())) {
    reader.wrong("service", "expected the id of a service");
  }
  query.from = reader.time("from");
  query.to = reader.time("to");
  query.limit = reader.limit();
  if (query.from && query.to && *query.from >= *query.to) reader.wrong("to", "expected a time after from");
  query.cursor = reader.cursor();
  const std::string* check = reader.once("check");
  std::vector<FieldError> errors = reader.take_errors();
  if (!errors.empty())
    return tl::unexpected(Problem{400, "a parameter is missing or not as expected", {}, std::move(errors)});

  const Service* found = find_public(snapshot, *service);
  if (found == nullptr)
    return tl::unexpected(
        Problem{404, "there is no such service", {}, {{"service", "expected the id of a public service"}}});
  query.service = found->id;
  if (check == nullptr) return query;
  const bool known = std::any_of(found->checks.begin(), found->checks.end(),
                                 [&](const auto& entry) { return entry->id.value() == *check; });
  if (!known)
    return tl::unexpected(
        Problem{404, "the service has no such check", {}, {{"check", "expected the id of one of its checks"}}});
  query.check = CheckId(*check);
  return query;
}

Result<std::string, Problem> answer_history(const HistoryQuery& query, Queries& queries, WallTime now) {
  const auto page = queries.history(query);
  if (!page) return tl::unexpected(store_problem());
  if (page->bad_cursor) {
    return tl::unexpected(Problem{400, "the page cannot be read", {}, {{"cursor", std::string(expected_cursor)}}});
  }
  std::vector<Incident> incidents;
  if (query.cursor.empty()) {
    auto found = queries.incidents(query.service, query.from.value_or(now - incident_span),
                                   query.to.value_or(now + std::chrono::minutes(1)), most_incidents);
    if (!found) return tl::unexpected(store_problem());
    incidents = std::move(*found);
  }
  JsonWriter json;
  json.begin_object().key("service").text(query.service.value()).key("checks").begin_array();
  for (const HistoryRow& row : page->rows) write_check(json, row);
  json.end_array().key("incidents").begin_array();
  for (const Incident& incident : incidents) write_brief(json, incident);
  json.end_array().key("next");
  page->next.empty() ? json.null() : json.text(page->next);
  json.end_object();
  return json.take();
}

}  // namespace allclear::api
