#include "adapters/api/alerts.h"

#include <algorithm>

#include "adapters/api/json_writer.h"
#include "adapters/api/parameters.h"

namespace allclear::api {
namespace {

Problem store_problem() { return {503, "the ledger cannot be read at the moment", {}, {}}; }

// "dead", or "owed,sending".
void read_states(ParameterReader& reader, AlertQuery& query) {
  const std::string* text = reader.once("state");
  if (text == nullptr) return;
  std::string_view rest = *text;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const auto state = parse_alert_state(rest.substr(0, comma));
    if (!state) return reader.wrong("state", "expected some of owed,sending,sent,dead");
    if (std::find(query.states.begin(), query.states.end(), *state) == query.states.end()) {
      query.states.push_back(*state);
    }
    if (more) rest.remove_prefix(comma + 1);
  }
}

void write_alert(JsonWriter& json, const AlertRecord& record, const Mask& mask) {
  const Alert& alert = record.alert;
  const bool pending = alert.state == AlertState::owed || alert.state == AlertState::sending;
  json.begin_object().key("id").text(alert.id.value()).key("incident").text(alert.incident.value());
  json.key("service").text(alert.service.value()).key("step").text(to_string(alert.step));
  json.key("channel").text(mask(alert.channel.value())).key("state").text(to_string(alert.state));
  json.key("created_at").time(alert.created_at);
  json.key("due_at").time_or_null(pending ? std::optional(alert.due_at) : std::nullopt);
  json.key("replayed_at").time_or_null(alert.replayed_at).key("try_count").integer(alert.tries);
  json.key("last_answer");
  alert.last_answer.empty() ? json.null() : json.text(mask(alert.last_answer));
  json.key("tries").begin_array();
  for (const AlertTry& one : record.tries) {
    json.begin_object().key("number").integer(one.number).key("at").time(one.at);
    json.key("outcome").text(to_string(one.outcome)).key("answer").text(mask(one.answer)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

Result<AlertQuery, Problem> read_alert_query(const net::HttpRequest& request) {
  ParameterReader reader(request);
  AlertQuery query;
  read_states(reader, query);
  query.channel = reader.id<ChannelId>("channel");
  query.incident = reader.id<IncidentId>("incident");
  query.service = reader.id<ServiceId>("service");
  query.limit = reader.limit();
  query.cursor = reader.cursor();
  std::vector<FieldError> errors = reader.take_errors();
  if (errors.empty()) return query;
  return tl::unexpected(Problem{400, "a parameter is not as expected", {}, std::move(errors)});
}

Result<std::string, Problem> answer_alerts(const AlertQuery& query, Queries& queries, const Mask& mask) {
  const auto page = queries.alerts(query);
  if (!page) return tl::unexpected(store_problem());
  if (page->bad_cursor) {
    return tl::unexpected(Problem{400, "the page cannot be read", {}, {{"cursor", std::string(expected_cursor)}}});
  }
  JsonWriter json;
  json.begin_object().key("alerts").begin_array();
  for (const AlertRecord& record : page->alerts) write_alert(json, record, mask);
  json.end_array().key("next");
  page->next.empty() ? json.null() : json.text(page->next);
  json.end_object();
  return json.take();
}

Result<std::string, Problem> answer_alert(const AlertId& id, Queries& queries, const Mask& mask) {
  const auto record = queries.alert(id);
  if (!record) return tl::unexpected(store_problem());
  if (!*record) return tl::unexpected(Problem{404, "there is no such alert", {}, {}});
  JsonWriter json;
  write_alert(json, **record, mask);
  return json.take();
}

}  // namespace allclear::api
