#include "adapters/api/pings.h"

#include <array>
#include <cctype>
#include <charconv>

#include "adapters/api/operator_answers.h"
#include "core/rules/evidence.h"
#include "net/digest.h"

namespace allclear::api {
namespace {

constexpr std::string_view allowed_methods = "GET, HEAD, POST, OPTIONS";
constexpr auto run_rule = "expected a UUID such as 123e4567-e89b-12d3-a456-426614174000";

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

}  // namespace

std::optional<PingPath> parse_ping_path(std::string_view path) {
  if (!path.starts_with(ping_paths)) return std::nullopt;
  path.remove_prefix(ping_paths.size());
  const std::size_t slash = path.find('/');
  PingPath parsed{path.substr(0, slash)};
  if (parsed.token.empty()) return std::nullopt;
  if (slash == std::string_view::npos) return parsed;
  const std::string_view what = path.substr(slash + 1);
  if (what == "start") {
    parsed.kind = PingKind::start;
  } else if (what == "fail") {
    parsed.kind = PingKind::fail;
  } else if (what == "log") {
    parsed.kind = PingKind::log;
  } else {
    constexpr int greatest_code = 255;
    const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), parsed.exit_code);
    const bool whole = error == std::errc{} && end == what.data() + what.size();
    if (!whole || parsed.exit_code < 0 || parsed.exit_code > greatest_code) return std::nullopt;
    if (parsed.exit_code > 0) parsed.kind = PingKind::fail;
  }
  return parsed;
}

std::span<const std::string_view> PingApi::paths() {
  static constexpr std::array<std::string_view, 2> known{"/ping/{token}", "/ping/{token}/{signal}"};
  return known;
}

net::Reply PingApi::handle(const net::HttpRequest& request) {
  const bool pings = request.method == "GET" || request.method == "HEAD" || request.method == "POST";
  if (!pings) {
    net::HttpResponse response;
    response.status = 204;
    if (request.method != "OPTIONS")
      response = problem(405, "a ping is sent by GET, HEAD or POST");
    else
      add_common_headers(response, policy_, Audience::operators);
    response.headers.push_back({"Allow", std::string(allowed_methods)});
    return response;
  }
  const auto path = parse_ping_path(request.path);
  if (!path) return problem(404, "expected /ping/TOKEN, then nothing, /start, /fail, /log or an exit code of 0 to 255");
  const auto owner = owner_of(path->token);
  if (!owner) return not_now("tokens cannot be read at the moment");
  if (!*owner) return unknown_token(request);
  const std::string* run = request.query_value("rid");
  if (run != nullptr && (!is_uuid(*run) || request.query_count("rid") > 1)) {
    return make_problem({400, "a parameter is not as expected", "/ping", {{"rid", run_rule}}}, policy_,
                        Audience::operators);
  }
  Ping ping{(*owner)->service, path->kind, path->exit_code, run == nullptr ? std::string() : *run,
            clip_evidence(request.body)};
  return take(std::move(ping), (*owner)->name);
}

net::Reply PingApi::take(Ping ping, std::string who) {
  if (ports_.operations == nullptr) return not_now("pings are not taken here");
  if (ping.kind == PingKind::log)
    ports_.log.info("ping_log", {{"service", ping.service.value()}, {"text", ping.detail}});
  return [this, operation = Operation{std::move(ping), std::move(who)}](std::shared_ptr<net::Responder> responder) {
    ports_.operations->operate(operation, [this, responder](OperationResult result) {
      responder->respond([this, result = std::move(result)] { return answer(result); });
    });
  };
}

net::HttpResponse PingApi::answer(const OperationResult& result) const {
  switch (result.outcome) {
    case OperationOutcome::done: {
      net::HttpResponse response;
      response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
      add_common_headers(response, policy_, Audience::operators);
      response.body = std::make_shared<const std::string>("OK\n");
      return response;
    }
    case OperationOutcome::not_found: return problem(404, "the config has no heartbeat of this service any more");
    case OperationOutcome::refused:
    case OperationOutcome::stale:
    case OperationOutcome::key_reused: return problem(409, result.detail);
    case OperationOutcome::unavailable: return not_now(result.detail);
  }
  return problem(500, "the request could not be answered");
}

Result<std::optional<PingApi::Owner>> PingApi::owner_of(std::string_view token) {
  if (auto owner = owner_in_config(token)) return owner;
  const Instant now = ports_.clock.now();
  auto found = ports_.tokens.find(token, now);
  if (!found) return tl::unexpected(found.error());
  const bool opens = *found && (*found)->kind == TokenKind::ping && state_of(**found, now.wall) == TokenState::active;
  if (!opens) return std::optional<Owner>();
  return std::optional(Owner{(*found)->service, (*found)->name});
}

std::optional<PingApi::Owner> PingApi::owner_in_config(std::string_view token) {
  const auto snapshot = snapshot_();
  if (!snapshot) return std::nullopt;
  if (config_version_ != snapshot->monitor.config_version || config_version_.empty()) {
    config_version_ = snapshot->monitor.config_version;
    config_tokens_.clear();
    for (const ServiceSnapshot& service : snapshot->services) {
      for (const auto& check : service.service->checks) {
        const auto* heartbeat = std::get_if<HeartbeatTarget>(&check->target);
        if (heartbeat == nullptr || heartbeat->token_digest.value().empty()) continue;
        config_tokens_.emplace(heartbeat->token_digest.value(), service.service->id);
      }
    }
  }
  const auto known = config_tokens_.find(net::sha256(token));
  if (known == config_tokens_.end()) return std::nullopt;
  return Owner{known->second, "config"};
}

// Whether there is no such token, or it has ended, is nobody's business who has none.
net::HttpResponse PingApi::unknown_token(const net::HttpRequest& request) {
  const auto wait = wrong_.note(request.client_address, ports_.clock.now().monotonic);
  if (!wait) return problem(404, "there is no such heartbeat");
  net::HttpResponse response = problem(429, "too many wrong tokens from this address");
  response.headers.push_back({"Retry-After", std::to_string(wait->count())});
  return response;
}

// Without the path: it holds the token.
net::HttpResponse PingApi::problem(int status, std::string detail) const {
  return operator_problem({status, std::move(detail), {}, {}}, "/ping", policy_);
}

net::HttpResponse PingApi::not_now(std::string detail) const {
  net::HttpResponse response = problem(503, std::move(detail));
  response.headers.push_back({"Retry-After", "5"});
  return response;
}

}  // namespace allclear::api
