#include "adapters/api/incident_bodies.h"

#include "adapters/api/body_reader.h"

namespace allclear::api {
namespace {

constexpr std::string_view severities = "minor, major, critical";
constexpr std::string_view open_states = "investigating, identified, monitoring";
constexpr std::string_view audiences = "public, internal";

std::optional<IncidentState> parse_open_state(std::string_view text) {
  const auto state = parse_incident_state(text);
  return state == IncidentState::resolved ? std::nullopt : state;
}

std::optional<UpdateAudience> parse_audience(std::string_view text) {
  if (text == "public") return UpdateAudience::open;
  return text == "internal" ? std::optional(UpdateAudience::internal) : std::nullopt;
}

}  // namespace

Result<OpenIncident, Problem> read_new_incident(const Json& body) {
  BodyReader reader(body, {"title", "services", "severity", "state", "body"});
  OpenIncident wanted;
  wanted.title = reader.title("title");
  wanted.services = reader.services("services");
  wanted.severity = reader.word("severity", parse_severity, severities).value_or(wanted.severity);
  wanted.state = reader.word("state", parse_open_state, open_states).value_or(wanted.state);
  wanted.body = reader.words("body");
  if (auto problem = reader.problem("the incident cannot be opened so")) return tl::unexpected(std::move(*problem));
  return wanted;
}

Result<UpdateIncident, Problem> read_incident_update(const Json& body, IncidentId incident) {
  BodyReader reader(body, {"body", "visibility", "state", "severity", "title"});
  UpdateIncident update;
  update.incident = std::move(incident);
  update.body = reader.words("body");
  if (update.body.empty() && !reader.is_wrong("body")) reader.wrong("body", "expected what is to be said");
  update.audience = reader.word("visibility", parse_audience, audiences).value_or(update.audience);
  update.state = reader.word("state", parse_open_state, open_states);
  update.severity = reader.word("severity", parse_severity, severities);
  if (reader.has("title")) update.title = reader.title("title");
  for (const std::string_view member : {"state", "severity", "title"}) {
    if (update.audience == UpdateAudience::internal && reader.has(member))
      reader.wrong(member, "an internal word changes nothing that the public sees");
  }
  if (auto problem = reader.problem("the incident cannot be told of so")) return tl::unexpected(std::move(*problem));
  return update;
}

Result<std::string, Problem> read_last_word(const Json& body) {
  BodyReader reader(body, {"body"});
  std::string words = reader.words("body");
  if (auto problem = reader.problem("this cannot be said so")) return tl::unexpected(std::move(*problem));
  return words;
}

}  // namespace allclear::api
