// OperatorApi: the routes below /api/v1: who may ask is judged first, then what is asked. One thread; what has to be
// written is handed to other threads and answered when it is durable.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/api/access.h"
#include "adapters/api/document.h"
#include "base/json.h"
#include "core/model/snapshot.h"
#include "core/ports/operations.h"
#include "core/ports/store.h"
#include "core/ports/users.h"
#include "net/http_later.h"

namespace allclear::api {

class LiveEvents;

// All outlive the OperatorApi and what it handed to other threads.
struct OperatorPorts {
  Queries& queries;     // of this thread
  TokenLookup& tokens;  // of this thread
  const Clock& clock;
  Log& log;
  Operations* operations = nullptr;  // null: nothing can be asked of the monitor (503)
  // Run work on the thread that owns what it needs, in the order of the calls; drop it when that has ended.
  std::function<void(std::function<void(Outbox&)>)> on_outbox;
  std::function<void(std::function<void(TokenBook&)>)> on_tokens;
  std::function<void()> wake_dispatcher;  // any thread
  std::function<std::shared_ptr<const Snapshot>()> snapshot{};
  LiveEvents* live = nullptr;  // null: no overview and no events
  SessionLookup* sessions = nullptr;  // of this thread; null: nobody can log in
  std::function<void(std::function<void(UserBook&)>)> on_users{};
  // For what costs a password's judging. False: too many wait already, and the work is dropped.
  std::function<bool(std::function<void(UserBook&)>)> on_logins{};
  Entrance entrance = Entrance::login;
};

struct OperatorRoute {
  std::string_view method;  // GET answers HEAD, too
  std::string_view path;    // "{id}" stands for one segment
  TokenScope scope;
};

class OperatorApi {
 public:
  OperatorApi(AnswerPolicy policy, OperatorPorts ports)
      : policy_(std::move(policy)),
        ports_(std::move(ports)),
        access_(ports_.tokens, ports_.clock, ports_.log, {ports_.sessions, ports_.clock, ports_.entrance}) {}

  // Of a path that is_operators().
  net::Reply handle(const net::HttpRequest& request);
  // For other routes that a token may open: what to answer when the request's does not.
  std::optional<net::HttpResponse> deny(const net::HttpRequest& request, TokenScope needed);

  static std::span<const OperatorRoute> routes();

 private:
  // Under which a write counts.
  struct Conditions {
    std::string key;                    // Idempotency-Key; empty: none
    std::optional<std::uint32_t> seen;  // If-Match: the incident's last ordinal by then
  };
  struct Asked {
    const net::HttpRequest& request;
    std::string id;  // what stands for {id}
    const Caller& caller;
    Conditions conditions;
  };
  using Answer = net::Reply (OperatorApi::*)(const Asked&);
  static std::span<const Answer> answers();  // beside routes()

  net::Reply show_overview(const Asked& asked);
  net::Reply watch_events(const Asked& asked);
  net::Reply list_services(const Asked& asked);
  net::Reply show_service(const Asked& asked);
  net::Reply show_series(const Asked& asked);
  net::Reply list_alerts(const Asked& asked);
  net::Reply replay_alert(const Asked& asked);
  net::Reply list_incidents(const Asked& asked);
  net::Reply show_incident(const Asked& asked);
  net::Reply open_incident(const Asked& asked);
  net::Reply acknowledge(const Asked& asked);
  net::Reply update_incident(const Asked& asked);
  net::Reply resolve_incident(const Asked& asked);
  net::Reply reopen_incident(const Asked& asked);
  net::Reply list_maintenances(const Asked& asked);
  net::Reply plan_maintenance(const Asked& asked);
  net::Reply show_maintenance(const Asked& asked);
  net::Reply drop_maintenance(const Asked& asked);
  net::Reply check_now(const Asked& asked);
  net::Reply show_session(const Asked& asked);
  net::Reply list_tokens(const Asked& asked);
  net::Reply create_token(const Asked& asked);
  net::Reply revoke_token(const Asked& asked);

  // What to answer when they are not met.
  std::optional<net::HttpResponse> read_conditions(const net::HttpRequest& request, const std::string& id,
                                                   Conditions& conditions) const;
  net::Reply operate(const Asked& asked, decltype(Operation::action) action);
  net::HttpResponse answer_operation(const OperationResult& result, const std::string& id, const std::string& path);
  net::HttpResponse tagged_answer(int status, std::string body) const;
  net::HttpResponse answer_new_incident(const Incident& incident);
  net::HttpResponse answer_plan(const Maintenance& plan, int status);
  net::HttpResponse answer_replay(const Result<ReplayOutcome>& outcome, const AlertId& id, const std::string& path);
  net::HttpResponse answer_new_token(const Result<MadeToken, TokenError>& made, const std::string& path);
  net::HttpResponse answer_revocation(const Result<std::optional<Token>>& revoked, const std::string& path);

  net::HttpResponse methods_of(const std::string& path) const;
  net::HttpResponse problem(const std::string& path, int status, std::string detail) const;
  net::HttpResponse not_now(const std::string& path, std::string detail) const;  // 503, to be tried again
  net::HttpResponse denial(const std::string& path, Denial denial) const;
  net::HttpResponse answer(const std::string& path, Result<std::string, Problem> body) const;
  // Of requests that may have none: then an empty object.
  std::optional<net::HttpResponse> unreadable_word(const net::HttpRequest& request, Json& body) const;
  std::optional<net::HttpResponse> unreadable_body(const net::HttpRequest& request, Json& body) const;

  const AnswerPolicy policy_;
  const OperatorPorts ports_;
  Access access_;
};

}  // namespace allclear::api
