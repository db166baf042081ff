#include "adapters/api/operators.h"

#include <algorithm>
#include <array>

#include "adapters/api/conditional.h"
#include "adapters/api/incidents.h"
#include "adapters/api/maintenances.h"
#include "adapters/api/operator_answers.h"

namespace allclear::api {
namespace {

constexpr std::size_t largest_body = 64 * 1024;

constexpr std::array<OperatorRoute, 23> known{{{"GET", "/api/v1/overview", TokenScope::read},
                                              {"GET", "/events", TokenScope::read},
                                              {"GET", "/api/v1/services", TokenScope::read},
                                              {"GET", "/api/v1/services/{id}", TokenScope::read},
                                              {"GET", "/api/v1/services/{id}/series", TokenScope::read},
                                              {"GET", "/api/v1/alerts", TokenScope::read},
                                              {"POST", "/api/v1/alerts/{id}/replay", TokenScope::write},
                                              {"GET", "/api/v1/incidents", TokenScope::read},
                                              {"POST", "/api/v1/incidents", TokenScope::write},
                                              {"GET", "/api/v1/incidents/{id}", TokenScope::read},
                                              {"POST", "/api/v1/incidents/{id}/ack", TokenScope::write},
                                              {"POST", "/api/v1/incidents/{id}/updates", TokenScope::write},
                                              {"POST", "/api/v1/incidents/{id}/resolve", TokenScope::write},
                                              {"POST", "/api/v1/incidents/{id}/reopen", TokenScope::write},
                                              {"GET", "/api/v1/maintenances", TokenScope::read},
                                              {"POST", "/api/v1/maintenances", TokenScope::write},
                                              {"GET", "/api/v1/maintenances/{id}", TokenScope::read},
                                              {"DELETE", "/api/v1/maintenances/{id}", TokenScope::write},
                                              {"POST", "/api/v1/services/{id}/check", TokenScope::write},
                                              {"GET", "/api/v1/session", TokenScope::read},
                                              {"GET", "/api/v1/tokens", TokenScope::admin},
                                              {"POST", "/api/v1/tokens", TokenScope::admin},
                                              {"DELETE", "/api/v1/tokens/{id}", TokenScope::admin}}};

// Whether the path is of the pattern's form; then `id` is what stands for its {id}.
bool matches(std::string_view pattern, std::string_view path, std::string& id) {
  constexpr std::string_view hole = "{id}";
  const std::size_t at = pattern.find(hole);
  if (at == std::string_view::npos) return path == pattern;
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + hole.size());
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) return false;
  const std::string_view filled = path.substr(before.size(), path.size() - before.size() - after.size());
  if (filled.find('/') != std::string_view::npos) return false;
  id = filled;
  return true;
}

bool answers_method(const OperatorRoute& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

// Of a path; empty: there is nothing.
std::string allowed_methods(std::string_view path) {
  std::string methods;
  std::string id;
  for (const OperatorRoute& route : known) {
    if (!matches(route.path, path, id)) continue;
    methods.append(route.method).append(route.method == "GET" ? ", HEAD, " : ", ");
  }
  return methods.empty() ? methods : methods + "OPTIONS";
}

// Parameters such as a charset may follow.
bool is_json(std::string_view content_type) {
  const std::string_view kind = content_type.substr(0, content_type.find(';'));
  const std::size_t end = kind.find_last_not_of(' ');
  return end != std::string_view::npos && net::equal_without_case(kind.substr(0, end + 1), "application/json");
}

}  // namespace

std::span<const OperatorRoute> OperatorApi::routes() { return known; }

std::span<const OperatorApi::Answer> OperatorApi::answers() {
  static constexpr std::array<Answer, known.size()> all{
      &OperatorApi::show_overview,     &OperatorApi::watch_events,     &OperatorApi::list_services,
      &OperatorApi::show_service,      &OperatorApi::show_series,
      &OperatorApi::list_alerts,       &OperatorApi::replay_alert,     &OperatorApi::list_incidents,
      &OperatorApi::open_incident,     &OperatorApi::show_incident,    &OperatorApi::acknowledge,
      &OperatorApi::update_incident,   &OperatorApi::resolve_incident, &OperatorApi::reopen_incident,
      &OperatorApi::list_maintenances, &OperatorApi::plan_maintenance, &OperatorApi::show_maintenance,
      &OperatorApi::drop_maintenance,  &OperatorApi::check_now,        &OperatorApi::show_session,
      &OperatorApi::list_tokens,       &OperatorApi::create_token,     &OperatorApi::revoke_token};
  return all;
}

net::Reply OperatorApi::handle(const net::HttpRequest& request) {
  if (request.method == "OPTIONS") return methods_of(request.path);
  std::string id;
  const auto route = std::find_if(known.begin(), known.end(), [&](const OperatorRoute& each) {
    return answers_method(each, request.method) && matches(each.path, request.path, id);
  });
  const bool found = route != known.end();
  // Whoever has neither token nor session does not learn either which paths there are.
  auto caller = access_.admit(request, found ? std::optional(route->scope) : std::nullopt);
  if (!caller) return denial(request.path, std::move(caller.error()));
  if (request.body.size() > largest_body) {
    return problem(request.path, 413, "a body below /api/v1 may have 64 KiB");
  }
  if (found) {
    Asked asked{request, id, *caller, {}};
    if (auto unmet = read_conditions(request, id, asked.conditions)) return std::move(*unmet);
    net::Reply reply = (this->*answers()[static_cast<std::size_t>(route - known.begin())])(asked);
    if (auto* now = std::get_if<net::HttpResponse>(&reply)) return tagged(std::move(*now), request);
    return reply;
  }
  const std::string allowed = allowed_methods(request.path);
  if (allowed.empty()) return problem(request.path, 404, "there is nothing at this path");
  net::HttpResponse response = problem(request.path, 405, "this path answers " + allowed + " only");
  response.headers.push_back({"Allow", allowed});
  return response;
}

std::optional<net::HttpResponse> OperatorApi::deny(const net::HttpRequest& request, TokenScope needed) {
  auto caller = access_.admit(request, needed);
  if (caller) return std::nullopt;
  return denial(request.path, std::move(caller.error()));
}

std::optional<net::HttpResponse> OperatorApi::read_conditions(const net::HttpRequest& request, const std::string& id,
                                                              Conditions& conditions) const {
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  auto key = read_idempotency_key(request);
  if (!key) return operator_problem(std::move(key.error()), request.path, policy_);
  if (request.method == "POST") conditions.key = std::move(*key);
  const std::string_view wanted = request.header("If-Match");
  if (wanted.empty()) return std::nullopt;
  const auto unmet = [&](std::string why) { return problem(request.path, 412, "If-Match: " + std::move(why)); };
  if (request.path.starts_with("/api/v1/incidents/")) {
    const auto incident = ports_.queries.incident(IncidentId(id));
    if (!incident) return not_now(request.path, "incidents cannot be read at the moment");
    if (!*incident) return std::nullopt;  // 404 says more
    if (!matches_strongly(wanted, etag_of(render_incident(**incident)))) return unmet("the incident has changed since");
    conditions.seen = (*incident)->timeline.back().ordinal;
    return std::nullopt;
  }
  if (request.path.starts_with("/api/v1/maintenances/")) {
    const auto shown = answer_maintenance(MaintenanceId(id), *ports_.snapshot(), ports_.clock.now().wall);
    if (!shown || matches_strongly(wanted, etag_of(*shown))) return std::nullopt;
    return unmet("the maintenance has changed since");
  }
  return unmet("nothing at this path has an entity tag");
}

net::HttpResponse OperatorApi::methods_of(const std::string& path) const {
  const std::string allowed = allowed_methods(path);
  if (allowed.empty()) return problem(path, 404, "there is nothing at this path");
  net::HttpResponse response;
  response.status = 204;
  response.headers = {{"Allow", allowed}, {"Cache-Control", "no-store"}};
  add_common_headers(response, policy_, Audience::operators);
  return response;
}

net::HttpResponse OperatorApi::problem(const std::string& path, int status, std::string detail) const {
  return operator_problem({status, std::move(detail), {}, {}}, path, policy_);
}

net::HttpResponse OperatorApi::not_now(const std::string& path, std::string detail) const {
  net::HttpResponse response = problem(path, 503, std::move(detail));
  response.headers.push_back({"Retry-After", "5"});
  return response;
}

net::HttpResponse OperatorApi::denial(const std::string& path, Denial denial) const {
  net::HttpResponse response = operator_problem(std::move(denial.problem), path, policy_);
  for (net::HttpField& field : denial.headers) response.headers.push_back(std::move(field));
  return response;
}

net::HttpResponse OperatorApi::answer(const std::string& path, Result<std::string, Problem> body) const {
  if (!body) return operator_problem(std::move(body.error()), path, policy_);
  return json_answer(200, std::move(*body), policy_);
}

std::optional<net::HttpResponse> OperatorApi::unreadable_word(const net::HttpRequest& request, Json& body) const {
  if (!request.body.empty()) return unreadable_body(request, body);
  body = Json::object();
  return std::nullopt;
}

std::optional<net::HttpResponse> OperatorApi::unreadable_body(const net::HttpRequest& request, Json& body) const {
  if (!is_json(request.header("Content-Type"))) {
    return problem(request.path, 415, "expected a body of Content-Type: application/json");
  }
  auto parsed = parse_json(request.body);
  if (!parsed) return problem(request.path, 400, "the body is not JSON: " + parsed.error().message);
  body = std::move(*parsed);
  return std::nullopt;
}

}  // namespace allclear::api
