#include "adapters/api/incidents.h"

#include <charconv>
#include <tuple>

#include "adapters/api/parameters.h"
#include "adapters/api/status_json.h"

namespace allclear::api {
namespace {

constexpr WallTime ever_after{std::chrono::days(365 * 1'000)};
constexpr std::size_t neighbours = 32;  // opened in the same millisecond as the last one of the page before

Problem store_problem() { return {503, "incidents cannot be read at the moment", {}, {}}; }

std::string encode_cursor(const Incident& incident) {
  return std::to_string(incident.opened_at.time_since_epoch().count()) + "." + incident.id.value();
}

std::optional<IncidentQuery::Position> decode_cursor(const std::string& text) {
  std::int64_t at = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '.') return std::nullopt;
  return IncidentQuery::Position{WallTime(milliseconds(at)), IncidentId(std::string_view(end + 1))};
}

bool follows(const Incident& incident, const IncidentQuery::Position& after) {
  return std::tie(incident.opened_at, incident.id) < std::tie(after.opened_at, after.id);
}

// One more than the limit, when there are so many. The store knows times only: what of the cursor's own millisecond
// was on the page before is left out here.
Result<std::vector<Incident>> fetch(const IncidentQuery& query, Queries& queries) {
  const WallTime to = query.after ? query.after->opened_at + milliseconds(1) : ever_after;
  for (std::size_t asked = query.limit + 1 + neighbours;; asked *= 2) {
    auto found = queries.incidents(query.service, WallTime{}, to, asked);
    if (!found) return found;
    const bool all = found->size() < asked;
    if (query.after) std::erase_if(*found, [&](const Incident& one) { return !follows(one, *query.after); });
    if (all || found->size() > query.limit) return found;
  }
}

void write_members(JsonWriter& json, const Incident& incident) {
  write_incident_members(json, incident);
  json.key("acknowledged_at").time_or_null(incident.acknowledged_at).key("acknowledged_by");
  incident.acknowledged_by.empty() ? json.null() : json.text(incident.acknowledged_by);
  json.key("reopened").integer(incident.reopened).key("diagnosis");
  incident.diagnosis.empty() ? json.null() : json.text(incident.diagnosis);
}

void write_entry(JsonWriter& json, const TimelineEntry& entry) {
  json.begin_object().key("ordinal").integer(entry.ordinal).key("at").time(entry.at);
  json.key("step").text(to_string(entry.step)).key("state").text(to_string(entry.state));
  json.key("body").text(entry.body).key("evidence").text(entry.evidence).key("author");
  entry.author.empty() ? json.null() : json.text(entry.author);
  json.end_object();
}

}  // namespace

Result<IncidentQuery, Problem> read_incident_query(const net::HttpRequest& request) {
  ParameterReader reader(request);
  IncidentQuery query;
  query.service = reader.id<ServiceId>("service");
  query.limit = reader.limit();
  if (const std::string cursor = reader.cursor(); !cursor.empty()) {
    query.after = decode_cursor(cursor);
    if (!query.after) reader.wrong("cursor", std::string(expected_cursor));
  }
  std::vector<FieldError> errors = reader.take_errors();
  if (errors.empty()) return query;
  return tl::unexpected(Problem{400, "a parameter is not as expected", {}, std::move(errors)});
}

Result<std::string, Problem> answer_incidents(const IncidentQuery& query, Queries& queries) {
  auto found = fetch(query, queries);
  if (!found) return tl::unexpected(store_problem());
  const bool more = found->size() > query.limit;
  if (more) found->resize(query.limit);
  JsonWriter json;
  json.begin_object().key("incidents").begin_array();
  for (const Incident& incident : *found) write_listed_incident(json, incident);
  json.end_array().key("next");
  more ? json.text(encode_cursor(found->back())) : json.null();
  json.end_object();
  return json.take();
}

Result<std::string, Problem> answer_incident(const IncidentId& id, Queries& queries) {
  const auto incident = queries.incident(id);
  if (!incident) return tl::unexpected(store_problem());
  if (!*incident) return tl::unexpected(Problem{404, "there is no such incident", {}, {}});
  return render_incident(**incident);
}

void write_listed_incident(JsonWriter& json, const Incident& incident) {
  json.begin_object();
  write_members(json, incident);
  json.end_object();
}

std::string render_incident(const Incident& incident) {
  JsonWriter json;
  json.begin_object();
  write_members(json, incident);
  json.key("timeline").begin_array();
  for (const TimelineEntry& entry : incident.timeline) write_entry(json, entry);
  json.end_array().end_object();
  return json.take();
}

}  // namespace allclear::api
