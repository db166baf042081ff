// What each of OperatorApi's routes does. What other threads run holds no `this` but in what makes the answer, which the
// server runs on its own thread while it lives.
#include "adapters/api/alerts.h"
#include "adapters/api/conditional.h"
#include "adapters/api/incident_bodies.h"
#include "adapters/api/incidents.h"
#include "adapters/api/maintenances.h"
#include "adapters/api/new_token.h"
#include "adapters/api/operator_answers.h"
#include "adapters/api/operators.h"
#include "adapters/api/token_json.h"

namespace allclear::api {
namespace {

using ResponderPointer = std::shared_ptr<net::Responder>;

Mask mask_of(Log& log) {
  return [&log](std::string text) { return log.masked(std::move(text)); };
}

std::string render_token(const Token& token, const std::string& text, WallTime now) {
  JsonWriter json;
  json.begin_object();
  write_token(json, token, now);
  if (!text.empty()) json.key("token").text(text);
  json.end_object();
  return json.take();
}

// What is begun and will be seen later.
std::string render_accepted(const std::string& service) {
  JsonWriter json;
  json.begin_object().key("service").text(service).end_object();
  return json.take();
}

std::string render_session(const Caller& caller) {
  JsonWriter json;
  json.begin_object().key("user").text(caller.name).key("role").text(to_string(caller.session->role));
  json.key("csrf").text(caller.csrf).key("expires_at").time(end_of(*caller.session));
  json.key("demo").boolean(caller.entrance == Entrance::loopback).end_object();
  return json.take();
}

}  // namespace

net::Reply OperatorApi::list_alerts(const Asked& asked) {
  auto query = read_alert_query(asked.request);
  if (!query) return operator_problem(std::move(query.error()), asked.request.path, policy_);
  return answer(asked.request.path, answer_alerts(*query, ports_.queries, mask_of(ports_.log)));
}

net::Reply OperatorApi::replay_alert(const Asked& asked) {
  return [this, id = AlertId(asked.id), who = asked.caller.name,
          path = asked.request.path](ResponderPointer responder) {
    ports_.on_outbox([this, responder, id, who, path, wake = ports_.wake_dispatcher, &log = ports_.log,
                      now = ports_.clock.now().wall](Outbox& outbox) {
      auto outcome = outbox.replay(id, now);
      if (outcome && *outcome == ReplayOutcome::owed) {
        log.info("alert_replayed", {{"alert", id.value()}, {"by", who}});
        wake();
      }
      responder->respond([this, outcome = std::move(outcome), id, path] { return answer_replay(outcome, id, path); });
    });
  };
}

net::HttpResponse OperatorApi::answer_replay(const Result<ReplayOutcome>& outcome, const AlertId& id,
                                             const std::string& path) {
  if (!outcome) {
    ports_.log.error("alert_not_replayed", {{"alert", id.value()}, {"error", outcome.error().message}});
    return not_now(path, "the alert could not be stored");
  }
  switch (*outcome) {
    case ReplayOutcome::owed: return answer(path, answer_alert(id, ports_.queries, mask_of(ports_.log)));
    case ReplayOutcome::not_found: return problem(path, 404, "there is no such alert");
    case ReplayOutcome::not_dead: return problem(path, 409, "this alert is not dead: it was sent, or will be");
    case ReplayOutcome::began_again:
      return problem(path, 409, "the incident began again since this end: told now, it would read as the end of that");
  }
  return problem(path, 500, "the request could not be answered");
}

net::Reply OperatorApi::list_incidents(const Asked& asked) {
  const auto query = read_incident_query(asked.request);
  if (!query) return operator_problem(query.error(), asked.request.path, policy_);
  return answer(asked.request.path, answer_incidents(*query, ports_.queries));
}

net::Reply OperatorApi::show_incident(const Asked& asked) {
  return answer(asked.request.path, answer_incident(IncidentId(asked.id), ports_.queries));
}

net::Reply OperatorApi::acknowledge(const Asked& asked) { return operate(asked, Acknowledge{IncidentId(asked.id)}); }

net::Reply OperatorApi::open_incident(const Asked& asked) {
  Json body;
  if (auto unreadable = unreadable_body(asked.request, body)) return std::move(*unreadable);
  auto wanted = read_new_incident(body);
  if (!wanted) return operator_problem(std::move(wanted.error()), asked.request.path, policy_);
  return operate(asked, std::move(*wanted));
}

net::Reply OperatorApi::update_incident(const Asked& asked) {
  Json body;
  if (auto unreadable = unreadable_body(asked.request, body)) return std::move(*unreadable);
  auto update = read_incident_update(body, IncidentId(asked.id));
  if (!update) return operator_problem(std::move(update.error()), asked.request.path, policy_);
  return operate(asked, std::move(*update));
}

net::Reply OperatorApi::resolve_incident(const Asked& asked) {
  Json body;
  if (auto unreadable = unreadable_word(asked.request, body)) return std::move(*unreadable);
  auto words = read_last_word(body);
  if (!words) return operator_problem(std::move(words.error()), asked.request.path, policy_);
  return operate(asked, ResolveIncident{IncidentId(asked.id), std::move(*words)});
}

net::Reply OperatorApi::reopen_incident(const Asked& asked) {
  Json body;
  if (auto unreadable = unreadable_word(asked.request, body)) return std::move(*unreadable);
  auto words = read_last_word(body);
  if (!words) return operator_problem(std::move(words.error()), asked.request.path, policy_);
  return operate(asked, ReopenIncident{IncidentId(asked.id), std::move(*words)});
}

net::Reply OperatorApi::check_now(const Asked& asked) { return operate(asked, CheckNow{ServiceId(asked.id)}); }

net::Reply OperatorApi::list_maintenances(const Asked& asked) {
  return answer(asked.request.path, answer_maintenances(asked.request, *ports_.snapshot(), ports_.clock.now().wall));
}

net::Reply OperatorApi::show_maintenance(const Asked& asked) {
  return answer(asked.request.path,
                answer_maintenance(MaintenanceId(asked.id), *ports_.snapshot(), ports_.clock.now().wall));
}

net::Reply OperatorApi::plan_maintenance(const Asked& asked) {
  Json body;
  if (auto unreadable = unreadable_body(asked.request, body)) return std::move(*unreadable);
  auto plan = read_new_maintenance(body, ports_.clock.now().wall);
  if (!plan) return operator_problem(std::move(plan.error()), asked.request.path, policy_);
  return operate(asked, std::move(*plan));
}

net::Reply OperatorApi::drop_maintenance(const Asked& asked) {
  return operate(asked, DropMaintenance{MaintenanceId(asked.id)});
}

net::Reply OperatorApi::operate(const Asked& asked, decltype(Operation::action) action) {
  if (ports_.operations == nullptr) return not_now(asked.request.path, "the monitor takes no operations");
  const bool makes = std::holds_alternative<PlanMaintenance>(action) || std::holds_alternative<OpenIncident>(action);
  const int success = makes ? 201 : 204;
  return [this,
          operation = Operation{std::move(action), asked.caller.name, asked.conditions.key,
                                fingerprint_of(asked.request), asked.conditions.seen},
          success, id = asked.id, path = asked.request.path](ResponderPointer responder) {
    ports_.operations->operate(operation, [this, responder, success, id, path](OperationResult result) {
      responder->respond([this, result = std::move(result), success, id, path] {
        if (result.maintenance) return answer_plan(*result.maintenance, success);
        if (success == 201 && result.incident) return answer_new_incident(*result.incident);
        return answer_operation(result, id, path);
      });
    });
  };
}

net::HttpResponse OperatorApi::tagged_answer(int status, std::string body) const {
  const std::string etag = etag_of(body);
  net::HttpResponse response = json_answer(status, std::move(body), policy_);
  response.headers.push_back({"ETag", etag});
  return response;
}

net::HttpResponse OperatorApi::answer_plan(const Maintenance& plan, int status) {
  if (status == 204) {
    net::HttpResponse gone;
    gone.status = 204;
    gone.headers = {{"Cache-Control", "no-store"}};
    add_common_headers(gone, policy_, Audience::operators);
    return gone;
  }
  net::HttpResponse response = tagged_answer(status, render_maintenance(plan, ports_.clock.now().wall));
  response.headers.push_back({"Location", "/api/v1/maintenances/" + plan.id.value()});
  return response;
}

net::HttpResponse OperatorApi::answer_new_incident(const Incident& incident) {
  net::HttpResponse response = tagged_answer(201, render_incident(incident));
  response.headers.push_back({"Location", "/api/v1/incidents/" + std::string(incident.id.value())});
  return response;
}

net::HttpResponse OperatorApi::answer_operation(const OperationResult& result, const std::string& id,
                                                const std::string& path) {
  switch (result.outcome) {
    case OperationOutcome::done:
      return result.incident ? tagged_answer(200, render_incident(*result.incident))
                             : json_answer(202, render_accepted(id), policy_);
    case OperationOutcome::not_found: return problem(path, 404, result.detail);
    case OperationOutcome::refused: return problem(path, 409, result.detail);
    case OperationOutcome::stale: return problem(path, 412, result.detail);
    case OperationOutcome::key_reused: return problem(path, 422, result.detail);
    case OperationOutcome::unavailable: return not_now(path, result.detail);
  }
  return problem(path, 500, "the request could not be answered");
}

net::Reply OperatorApi::show_session(const Asked& asked) {
  if (!asked.caller.session) return problem(asked.request.path, 404, "a token has no session");
  return json_answer(200, render_session(asked.caller), policy_);
}

net::Reply OperatorApi::list_tokens(const Asked& asked) {
  const Instant now = ports_.clock.now();
  const auto tokens = ports_.tokens.list(now);
  if (!tokens) return not_now(asked.request.path, "tokens cannot be read at the moment");
  return json_answer(200, render_tokens(*tokens, now.wall), policy_);
}

net::Reply OperatorApi::create_token(const Asked& asked) {
  Json body;
  if (auto unreadable = unreadable_body(asked.request, body)) return std::move(*unreadable);
  const WallTime now = ports_.clock.now().wall;
  auto wanted = read_new_token(body, now);
  if (!wanted) return operator_problem(std::move(wanted.error()), asked.request.path, policy_);
  return [this, wanted = std::move(*wanted), now, who = asked.caller.name,
          path = asked.request.path](ResponderPointer responder) {
    ports_.on_tokens([this, responder, wanted, now, who, path, &log = ports_.log](TokenBook& tokens) {
      auto made = tokens.create(wanted, now);
      if (made) log.info("token_created", {{"token", made->token.name}, {"id", made->token.id.value()}, {"by", who}});
      responder->respond([this, made = std::move(made), path] { return answer_new_token(made, path); });
    });
  };
}

net::HttpResponse OperatorApi::answer_new_token(const Result<MadeToken, TokenError>& made, const std::string& path) {
  ports_.tokens.refresh();
  if (made) {
    const WallTime now = ports_.clock.now().wall;
    net::HttpResponse response = json_answer(201, render_token(made->token, made->text, now), policy_);
    response.headers.push_back({"Location", "/api/v1/tokens/" + made->token.id.value()});
    return response;
  }
  if (made.error().fault != TokenFault::unavailable) return problem(path, 409, made.error().message);
  ports_.log.error("token_not_created", {{"error", made.error().message}});
  return not_now(path, "the token could not be stored");
}

net::Reply OperatorApi::revoke_token(const Asked& asked) {
  return [this, id = TokenId(asked.id), now = ports_.clock.now().wall, who = asked.caller.name,
          path = asked.request.path](ResponderPointer responder) {
    ports_.on_tokens([this, responder, id, now, who, path, &log = ports_.log](TokenBook& tokens) {
      auto revoked = tokens.revoke(id, now);
      if (revoked && *revoked) {
        log.info("token_revoked", {{"token", (*revoked)->name}, {"id", id.value()}, {"by", who}});
      }
      responder->respond([this, revoked = std::move(revoked), path] { return answer_revocation(revoked, path); });
    });
  };
}

net::HttpResponse OperatorApi::answer_revocation(const Result<std::optional<Token>>& revoked, const std::string& path) {
  ports_.tokens.refresh();
  if (!revoked) {
    ports_.log.error("token_not_revoked", {{"error", revoked.error().message}});
    return not_now(path, "the token could not be revoked");
  }
  if (!*revoked) return problem(path, 404, "there is no such token");
  return json_answer(200, render_token(**revoked, {}, ports_.clock.now().wall), policy_);
}

}  // namespace allclear::api
