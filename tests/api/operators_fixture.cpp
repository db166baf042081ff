#include "tests/api/operators_fixture.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/request_target.h"

namespace allclear::test {
namespace {

// What a server would have sent. Without an answer so far: status 0.
struct Collected final : net::Responder {
  explicit Collected(net::HttpResponse& to) : response(to) {}
  void respond(Make make) override { response = make(); }
  net::HttpResponse& response;
};

// In memory where the system has such a place: how durable tokens are is tested elsewhere.
std::filesystem::path temporary_folder() {
  const std::filesystem::path memory = "/dev/shm";
  const auto parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (parent / "allclear-api-XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

}  // namespace

void FakeOperations::operate(Operation operation, Done done) {
  asked.push_back(std::move(operation));
  keep ? kept.push_back(std::move(done)) : done(result);
}

OperatorsUnderTest::OperatorsUnderTest(api::ApiOptions options, api::Entrance entrance)
    : folder_(temporary_folder()),
      token_file_(folder_ / "access.db"),
      token_watch_(folder_ / "access.db"),
      user_file_(folder_ / "access.db"),
      session_watch_(folder_ / "access.db"),
      entrance_(entrance) {
  const SampleWorld world = make_world(6);
  snapshot_ = std::make_shared<const Snapshot>(world.snapshot);
  pages_.put(api::render(api::make_public_view(world.snapshot, world.days, world.recent,
                                               {"Example", "https://status.example.com", {}}, 4711, world.now),
                         options.policy));
  operators_ = std::make_unique<api::OperatorApi>(options.policy, ports());
  pings_ = std::make_unique<api::PingApi>(options.policy, ports(), [this] { return snapshot_; });
  ops_ = std::make_unique<api::OpsPages>(options.policy, ports(), [] { return std::string("Example"); });
  api_ = std::make_unique<api::Api>(
      options, store, [this] { return snapshot_; }, pages_, clock, operators_.get(), pings_.get(), &probes_, ops_.get());
  for (const TokenScope scope : {TokenScope::read, TokenScope::write, TokenScope::ingest, TokenScope::admin}) {
    make_token(std::string(to_string(scope)), {scope});
  }
  make_token("ping", {}, TokenKind::ping);
  make_token("revoked", {TokenScope::admin});
  EXPECT_TRUE(*token_file_.revoke(tokens_.at("revoked").id, clock.at.wall));
  NewToken expired{"expired", TokenKind::api, {TokenScope::admin}, {}, clock.at.wall - seconds(1)};
  const auto made = token_file_.create(expired, clock.at.wall - std::chrono::hours(1));
  texts_["expired"] = made->text;
}

OperatorsUnderTest::~OperatorsUnderTest() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void OperatorsUnderTest::make_token(const std::string& name, TokenScopes scopes, TokenKind kind) {
  const ServiceId service(kind == TokenKind::ping ? "backup" : "");
  const auto made = token_file_.create({name, kind, scopes, service, std::nullopt}, clock.at.wall);
  EXPECT_TRUE(made);
  texts_[name] = made->text;
  tokens_[name] = made->token;
}

void OperatorsUnderTest::break_tokens() {
  std::ofstream(folder_ / "access.db", std::ios::binary | std::ios::in) << std::string(4096, 'x');
}

void OperatorsUnderTest::add_service(const ServiceId& id, Target target) {
  Check check;
  check.service = id;
  check.id = CheckId(id.text());
  check.target = std::move(target);
  Service service;
  service.id = id;
  service.checks = {std::make_shared<const Check>(std::move(check))};
  Snapshot changed = *snapshot_;
  changed.monitor.config_version += "+";
  changed.services.push_back({std::make_shared<const Service>(std::move(service)), {}, nullptr, {}});
  snapshot_ = std::make_shared<const Snapshot>(std::move(changed));
}

void OperatorsUnderTest::publish(const std::function<void(Snapshot&)>& edit) {
  clock.pass(seconds(1));
  Snapshot changed = *snapshot_;
  edit(changed);
  changed.at = clock.at.wall;
  ++changed.version;
  snapshot_ = std::make_shared<const Snapshot>(std::move(changed));
  live.look(snapshot_);
}

void OperatorsUnderTest::add_maintenance(std::shared_ptr<const Maintenance> maintenance) {
  Snapshot changed = *snapshot_;
  changed.maintenances.push_back(std::move(maintenance));
  snapshot_ = std::make_shared<const Snapshot>(std::move(changed));
}

api::OperatorPorts OperatorsUnderTest::ports() {
  api::OperatorPorts ports{store, token_watch_, clock, log, &operations, {}, {}, {}};
  ports.on_outbox = [this](const std::function<void(Outbox&)>& work) {
    if (!store_gone) work(store);
  };
  ports.on_tokens = [this](const std::function<void(TokenBook&)>& work) {
    if (!store_gone) work(token_file_);
  };
  ports.wake_dispatcher = [this] { ++woken; };
  ports.snapshot = [this] { return snapshot_; };
  ports.live = &live;
  ports.sessions = &session_watch_;
  ports.on_users = [this](const std::function<void(UserBook&)>& work) {
    if (!store_gone) work(user_file_);
  };
  ports.on_logins = [this](const std::function<void(UserBook&)>& work) {
    if (!logins_full) work(user_file_);
    return !logins_full;
  };
  ports.entrance = entrance_;
  return ports;
}

net::HttpResponse OperatorsUnderTest::ask(const Asking& asking) {
  net::HttpRequest request;
  request.method = asking.method;
  request.headers = asking.headers;
  request.client_address = client;
  request.secure = secure;
  request.body = asking.body;
  if (!asking.token.empty()) {
    const auto known = texts_.find(asking.token);
    request.headers.push_back({"Authorization", "Bearer " + (known == texts_.end() ? asking.token : known->second)});
  }
  if (!net::read_request_target(asking.target, request)) request.path = asking.target;
  net::Reply reply = api_->handle(request);
  if (auto* response = std::get_if<net::HttpResponse>(&reply)) return std::move(*response);
  if (auto* streaming = std::get_if<net::Streaming>(&reply)) {
    stream = std::move(streaming->source);
    return std::move(streaming->head);
  }
  net::HttpResponse later;
  later.status = 0;
  std::get<net::Later>(reply)(std::make_shared<Collected>(later));
  return later;
}

net::HttpResponse OperatorsUnderTest::post(const std::string& target, const std::string& token,
                                           const std::string& body) {
  std::vector<net::HttpField> headers;
  if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
  return ask({"POST", target, token, body, headers});
}

void OperatorsUnderTest::make_user(const std::string& role) {
  EXPECT_TRUE(user_file_.create({role, parse_user_role(role).value(), password}, clock.at.wall));
}

const std::string& OperatorsUnderTest::session_of(const std::string& role) {
  const auto known = sessions_.find(role);
  if (known != sessions_.end()) return known->second;
  make_user(role);
  const auto made = user_file_.log_in(role, password, clock.at.wall);
  EXPECT_TRUE(made && *made);
  session_watch_.refresh();
  return sessions_[role] = (*made)->text;
}

std::vector<net::HttpField> OperatorsUnderTest::carried(const std::string& role) {
  const std::string& session = session_of(role);
  return {{"Host", own_host},
          {"Origin", "https://" + own_host},
          {"Cookie", (secure ? "a=b; __Host-allclear=" : "a=b; allclear=") + session},
          {"X-CSRF-Token", api::csrf_of(session)}};
}

net::HttpResponse OperatorsUnderTest::log_in(const std::string& user, const std::string& word,
                                             const std::string& next) {
  const auto page = ask({"GET", "/ops/login?next=" + form_encoded(next), "", "", {}});
  const std::string name = secure ? "__Host-allclear-login" : "allclear-login";
  return ask({"POST",
              "/ops/login",
              "",
              "user=" + form_encoded(user) + "&password=" + form_encoded(word) + "&next=" + form_encoded(next) +
                  "&csrf=" + field_in(page, "csrf"),
              {{"Host", own_host},
               {"Origin", "https://" + own_host},
               {"Content-Type", "application/x-www-form-urlencoded"},
               {"Cookie", name + "=" + cookie_value(page, name)}}});
}

Incident OperatorsUnderTest::open_incident(const std::string& service, WallTime opened_at) {
  SampleService about;
  about.id = service;
  Incident incident = sample_incident(about, opened_at);
  incident.id = IncidentId("incident-" + service);
  Decision decision;
  decision.service = incident.service;
  decision.incident = incident;
  EXPECT_TRUE(store.commit({&decision, 1}));
  return incident;
}

Alert OperatorsUnderTest::owe(const std::string& service, const std::string& channel, std::optional<Delivery> settled) {
  Decision decision;
  decision.service = ServiceId(service);
  decision.incident = open_incident(service, clock.at.wall);
  Alert alert;
  alert.id = AlertId(service + "-" + channel);
  alert.incident = decision.incident->id;
  alert.service = decision.service;
  alert.ordinal = 1;
  alert.channel = ChannelId(channel);
  alert.created_at = alert.due_at = clock.at.wall;
  decision.alerts = {alert};
  EXPECT_TRUE(store.commit({&decision, 1}));
  EXPECT_TRUE(!settled || store.settle(alert.id, *settled, clock.at.wall));
  return alert;
}

std::string header_of(const net::HttpResponse& response, std::string_view name) {
  for (const net::HttpField& field : response.headers) {
    if (net::equal_without_case(field.name, name)) return field.value;
  }
  return {};
}

std::string cookie_line(const net::HttpResponse& response, const std::string& name) {
  for (const net::HttpField& field : response.headers) {
    if (field.name == "Set-Cookie" && field.value.starts_with(name + "=")) return field.value;
  }
  return {};
}

std::string cookie_value(const net::HttpResponse& response, const std::string& name) {
  const std::string line = cookie_line(response, name);
  return line.empty() ? line : line.substr(name.size() + 1, line.find(';') - name.size() - 1);
}

std::string field_in(const net::HttpResponse& page, const std::string& name) {
  const std::string opening = "name=\"" + name + "\" value=\"";
  const auto at = page.body->find(opening);
  if (at == std::string::npos) return {};
  const auto begin = at + opening.size();
  return page.body->substr(begin, page.body->find('"', begin) - begin);
}

std::string form_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) encoded += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  return encoded;
}

Json json_of(const net::HttpResponse& response) {
  const auto parsed = parse_json(response.body ? *response.body : std::string());
  EXPECT_TRUE(parsed) << (response.body ? *response.body : "no body");
  return parsed.value_or(Json());
}

}  // namespace allclear::test
