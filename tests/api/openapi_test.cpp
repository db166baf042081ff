// Holds src/adapters/api/openapi.yaml against what the router answers, both ways.
#include "adapters/api/openapi.h"

#include <functional>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "adapters/api/assets.h"
#include "adapters/config/yaml_json.h"
#include "core/rules/maintenance.h"
#include "tests/api/operators_fixture.h"
#include "tests/support/api_fixture.h"

namespace allclear::api {
namespace {

using test::ApiUnderTest;
using test::OperatorsUnderTest;

const YAML::Node& document() {
  static const YAML::Node loaded = YAML::LoadFile(ALLCLEAR_OPENAPI);
  return loaded;
}

YAML::Node resolved(const YAML::Node& schema) {
  if (!schema["$ref"]) return schema;
  const std::string reference = schema["$ref"].as<std::string>();
  return document()["components"][reference.find("/responses/") == std::string::npos ? "schemas" : "responses"]
                   [reference.substr(reference.rfind('/') + 1)];
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

void validate(const Json& value, const YAML::Node& reference, const std::string& where);

void validate_type(const Json& value, const YAML::Node& type, const std::string& where) {
  bool fits = false;
  if (type.IsScalar()) fits = has_type(value, type.as<std::string>());
  for (const YAML::Node& one : type) fits = fits || has_type(value, one.as<std::string>());
  EXPECT_TRUE(fits) << where << " is " << value.dump();
}

void validate_object(const Json& value, const YAML::Node& schema, const std::string& where) {
  for (const YAML::Node& name : schema["required"])
    EXPECT_TRUE(value.contains(name.as<std::string>())) << where << "." << name;
  const YAML::Node properties = schema["properties"];
  if (!properties) return;
  for (const auto& [name, member] : value.items()) {
    EXPECT_TRUE(properties[name]) << where << "." << name << " is not documented";
    if (properties[name]) validate(member, properties[name], where + "." + name);
  }
}

void validate(const Json& value, const YAML::Node& reference, const std::string& where) {
  const YAML::Node schema = resolved(reference);
  if (schema["type"]) validate_type(value, schema["type"], where);
  if (schema["enum"] && value.is_string()) {
    std::set<std::string> words;
    for (const YAML::Node& word : schema["enum"]) words.insert(word.as<std::string>());
    EXPECT_TRUE(words.contains(value.get<std::string>())) << where << " is " << value;
  }
  if (value.is_object()) validate_object(value, schema, where);
  if (!value.is_array() || !schema["items"]) return;
  for (const Json& item : value) validate(item, schema["items"], where + "[]");
}

void validate_response(const net::HttpResponse& answer, const YAML::Node& operation, const std::string& target) {
  const YAML::Node described = operation["responses"][std::to_string(answer.status)];
  ASSERT_TRUE(described) << target << " answers " << answer.status << ", which is not documented";
  const YAML::Node content = resolved(described)["content"];
  const std::string head = test::head_of(answer);
  bool matched = false;
  for (const auto& entry : content) {
    const std::string mime = entry.first.as<std::string>();
    if (head.find("Content-Type: " + mime) == std::string::npos) continue;
    matched = true;
    if (mime.find("json") != std::string::npos) validate(*parse_json(*answer.body), entry.second["schema"], target);
  }
  EXPECT_TRUE(matched) << target << " has an undocumented content type";
}

std::string lower(std::string_view method) {
  std::string text(method);
  for (char& letter : text) letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

std::string filled(std::string path) {
  if (const auto hole = path.find("{id}"); hole != std::string::npos) path.replace(hole, 4, "x");
  return path;
}

void validate_answer(ApiUnderTest& api, const std::string& path, const std::string& target) {
  validate_response(api.get(target), document()["paths"][path]["get"], target);
}

net::HttpResponse validate_documented(OperatorsUnderTest& api, const std::string& path, const test::Asking& asking,
                                      int status) {
  const auto answer = api.ask(asking);
  EXPECT_EQ(answer.status, status) << asking.target;
  validate_response(answer, document()["paths"][path][lower(asking.method)], asking.method + " " + asking.target);
  return answer;
}

// Returns the answer's body.
Json validate_asking(OperatorsUnderTest& api, const std::string& path, const test::Asking& asking, int status) {
  return test::json_of(validate_documented(api, path, asking, status));
}

// As documented: a folder's files by a hole, Statuspage's by name.
std::vector<std::string> documented_paths() {
  const std::map<std::string, std::string, std::less<>> holes{
      {"/a/", "/a/{asset}"}, {"/incidents/", "/incidents/{file}"}, {"/badge/", "/badge/{file}"}};
  std::vector<std::string> paths;
  for (const std::string_view path : Api::paths()) {
    const auto hole = holes.find(path);
    if (path != "/api/v2/") paths.emplace_back(hole == holes.end() ? path : hole->second);
  }
  for (const std::string& file : site_paths(PublicView{})) {
    if (file.starts_with("api/v2/")) paths.push_back("/" + file);
  }
  return paths;
}

ApiOptions described() {
  ApiOptions options;
  options.openapi = config::yaml_to_json(openapi_text());
  return options;
}

TEST(OpenApi, DocumentsExactlyThePathsThatAreAnswered) {
  std::set<std::string> documented;
  for (const auto& entry : document()["paths"]) {
    const std::string path = entry.first.as<std::string>();
    for (const auto& operation : entry.second) {
      if (operation.first.as<std::string>() != "parameters")
        documented.insert(operation.first.as<std::string>() + " " + path);
    }
  }
  std::set<std::string> answered;
  for (const std::string& path : documented_paths()) {
    for (const char* method : {"get ", "options "}) answered.insert(method + path);
  }
  for (const std::string_view path : PingApi::paths()) {
    for (const char* method : {"get ", "post ", "options "}) answered.insert(std::string(method).append(path));
  }
  for (const char* method : {"get ", "options "}) answered.insert(std::string(method).append(ProbeApi::path()));
  for (const OpsRoute& route : OpsPages::routes()) {
    answered.insert(lower(route.method).append(" ").append(route.path));
    answered.insert(std::string("options ").append(route.path));
  }
  for (const OperatorRoute& route : OperatorApi::routes()) {
    answered.insert(lower(route.method).append(" ").append(route.path));
    answered.insert(std::string("options ").append(route.path));
  }
  EXPECT_EQ(documented, answered);
}

TEST(OpenApi, IsServedAsItIsWritten) {
  ApiUnderTest api(test::make_world(2), described());
  const Json served = api.json("/openapi.json");
  EXPECT_EQ(served["info"]["version"], ALLCLEAR_VERSION);
  EXPECT_EQ(served["openapi"], "3.1.0");
  EXPECT_EQ(served["paths"].size(), document()["paths"].size());
  EXPECT_EQ(served["components"]["schemas"].size(), document()["components"]["schemas"].size());
  EXPECT_EQ(served["components"]["schemas"]["Words"]["maxLength"], 4096);
  EXPECT_TRUE(served["paths"]["/status"]["get"]["responses"].contains("200"));
}

TEST(OpenApi, YamlKeepsItsTypesAsJson) {
  EXPECT_EQ(config::yaml_to_json("a: 1\nb: '1'\nc: true\nd: \"true\"\ne: 1.5\nf: ~\ng: [x, -2]\nh: 1.2.3\ni: |\n  1\n"),
            R"({"a":1,"b":"1","c":true,"d":"true","e":1.5,"f":null,"g":["x",-2],"h":"1.2.3","i":"1\n"})");
}

TEST(OpenApi, S5_NamesTheScopeOfEveryOperatorsRoute) {
  for (const OperatorRoute& route : OperatorApi::routes()) {
    const YAML::Node operation = document()["paths"][std::string(route.path)][lower(route.method)];
    EXPECT_EQ(operation["x-scope"].as<std::string>(""), to_string(route.scope)) << route.path;
    EXPECT_TRUE(operation["security"] && operation["responses"]["401"] && operation["responses"]["403"]) << route.path;
  }
}

TEST(OpenApi, OperatorsAnswersHaveTheDocumentedFields) {
  OperatorsUnderTest api;
  api.owe("shop", "hook", Delivery{DeliveryOutcome::rejected, {}, "401"});
  api.operations.result.incident = api.open_incident("mail", api.clock.at.wall);
  validate_asking(api, "/api/v1/alerts", {"GET", "/api/v1/alerts", "read", "", {}}, 200);
  validate_asking(api, "/api/v1/alerts", {"GET", "/api/v1/alerts?limit=0", "read", "", {}}, 400);
  const std::string replay = "/api/v1/alerts/{id}/replay";
  validate_asking(api, replay, {"POST", "/api/v1/alerts/shop-hook/replay", "write", "", {}}, 200);
  validate_asking(api, replay, {"POST", "/api/v1/alerts/shop-hook/replay", "write", "", {}}, 409);
  validate_asking(api, replay, {"POST", "/api/v1/alerts/x/replay", "write", "", {}}, 404);
  validate_asking(api, "/api/v1/incidents", {"GET", "/api/v1/incidents?limit=1", "read", "", {}}, 200);
  const Json incident =
      validate_asking(api, "/api/v1/incidents/{id}", {"GET", "/api/v1/incidents/incident-shop", "read", "", {}}, 200);
  EXPECT_FALSE(incident["timeline"].empty());
  validate_asking(api, "/api/v1/incidents/{id}/ack", {"POST", "/api/v1/incidents/x/ack", "write", "", {}}, 200);
  const std::vector<net::HttpField> json{{"Content-Type", "application/json"}};
  validate_asking(api, "/api/v1/incidents",
                  {"POST", "/api/v1/incidents", "write", R"({"title":"a","services":["shop"]})", json}, 201);
  validate_asking(api, "/api/v1/incidents", {"POST", "/api/v1/incidents", "write", "{}", json}, 422);
  for (const std::string act : {"updates", "resolve", "reopen"}) {
    const std::string path = "/api/v1/incidents/{id}/" + act;
    const std::string target = "/api/v1/incidents/x/" + act;
    validate_asking(api, path, {"POST", target, "write", R"({"body":"so"})", json}, 200);
    validate_asking(api, path, {"POST", target, "write", R"({"body":7})", json}, 422);
    validate_asking(api, path, {"POST", target, "read", R"({"body":"so"})", json}, 403);
  }
  api.operations.result = {};
  validate_asking(api, "/api/v1/services/{id}/check", {"POST", "/api/v1/services/shop/check", "write", "", {}}, 202);
  for (const auto& [outcome, status] : {std::pair{OperationOutcome::not_found, 404},
                                        {OperationOutcome::refused, 409},
                                        {OperationOutcome::unavailable, 503}}) {
    api.operations.result = {outcome, "because", std::nullopt};
    validate_asking(api, "/api/v1/incidents/{id}/ack", {"POST", "/api/v1/incidents/x/ack", "write", "", {}}, status);
    validate_asking(api, "/api/v1/services/{id}/check", {"POST", "/api/v1/services/x/check", "write", "", {}}, status);
  }
}

TEST(OpenApi, ThePresentHasTheDocumentedFields) {
  OperatorsUnderTest api;
  api.live.put_uptimes(uptimes_of({{ServiceId("service-0"), {}, {1.0, 0.9999, 0.999, std::nullopt}}}));
  const Json overview = validate_asking(api, "/api/v1/overview", {"GET", "/api/v1/overview", "read", "", {}}, 200);
  EXPECT_EQ(overview["services"]["id"].size(), 6U);
  EXPECT_EQ(overview["incidents"].size(), 2U);
  validate_documented(api, "/events", {"GET", "/events", "read", "", {}}, 200);
  std::vector<net::StreamBytes> out;
  api.stream->pull(out);
  api.publish([](Snapshot& snapshot) {
    ServiceSnapshot& service = snapshot.services.edit(2);
    service.state.verdict = Verdict::up;
    service.open_incident.reset();
    service.checks[0].state.last_at += seconds(5);
  });
  out.clear();
  api.stream->pull(out);
  ASSERT_EQ(out.size(), 1U);
  const std::string data = out[0]->substr(out[0]->find("data: ") + 6);
  const Json change = *parse_json(data);
  EXPECT_EQ(change["services"].size(), 1U);
  validate(change, document()["components"]["schemas"]["Change"], "change");
  const std::string all = "/api/v1/services", one = all + "/{id}";
  validate_asking(api, all, {"GET", all + "?limit=2", "read", "", {}}, 200);
  validate_asking(api, all, {"GET", all + "?limit=x", "read", "", {}}, 400);
  const Json service = validate_asking(api, one, {"GET", all + "/service-1", "read", "", {}}, 200);
  EXPECT_TRUE(service["incident"].is_object() && service["checks"][0]["phases_ms"].is_object());
  validate_asking(api, one, {"GET", all + "/nobody", "read", "", {}}, 404);
  const std::string series = one + "/series";
  for (const char* range : {"?range=1h", "", "?range=7d", "?range=90d"})
    validate_asking(api, series, {"GET", all + "/service-1/series" + range, "read", "", {}}, 200);
  validate_asking(api, series, {"GET", all + "/service-1/series?range=2h", "read", "", {}}, 400);
  validate_asking(api, series, {"GET", all + "/nobody/series", "read", "", {}}, 404);
}

TEST(OpenApi, MaintenancesHaveTheDocumentedFields) {
  OperatorsUnderTest api;
  const auto plan =
      plan_window("Upgrade", {ServiceId("shop")}, {api.clock.at.wall + seconds(60), api.clock.at.wall + seconds(3'660)},
                  "ci", api.clock.at.wall);
  api.add_maintenance(plan);
  const std::string all = "/api/v1/maintenances", one = all + "/{id}";
  const Json page = validate_asking(api, all, {"GET", all, "read", "", {}}, 200);
  EXPECT_EQ(page["maintenances"].size(), 1U);
  validate_asking(api, all, {"GET", all + "?limit=0", "read", "", {}}, 400);
  validate_asking(api, one, {"GET", all + "/" + plan->id.value(), "read", "", {}}, 200);
  validate_asking(api, one, {"GET", all + "/x", "read", "", {}}, 404);
  const std::vector<net::HttpField> json{{"Content-Type", "application/json"}};
  const std::string good = R"({"title":"Upgrade","services":["shop"],"ends_at":"2027-01-01T00:00:00Z"})";
  api.operations.result.maintenance = plan;
  validate_asking(api, all, {"POST", all, "write", good, json}, 201);
  EXPECT_EQ(api.ask({"DELETE", all + "/" + plan->id.value(), "write", "", {}}).status, 204);
  EXPECT_TRUE(document()["paths"][one]["delete"]["responses"]["204"]);
  api.operations.result = {OperationOutcome::refused, "because"};
  validate_asking(api, all, {"POST", all, "write", good, json}, 409);
  validate_asking(api, one, {"DELETE", all + "/x", "write", "", {}}, 409);
  for (const auto& [body, headers, status] : {std::tuple{std::string("{"), json, 400},
                                              {std::string("{}"), json, 422},
                                              {std::string(70'000, ' '), json, 413},
                                              {good, std::vector<net::HttpField>{}, 415}})
    validate_asking(api, all, {"POST", all, "write", body, headers}, status);
}

TEST(OpenApi, TokensAndRefusalsHaveTheDocumentedFields) {
  OperatorsUnderTest api;
  const std::vector<net::HttpField> json{{"Content-Type", "application/json"}};
  const std::string good = R"({"name":"ci","scopes":["read"],"expires_at":null})";
  const Json made = validate_asking(api, "/api/v1/tokens", {"POST", "/api/v1/tokens", "admin", good, json}, 201);
  for (const auto& [body, headers, status] : {std::tuple{good, json, 409},
                                              {std::string("{"), json, 400},
                                              {std::string("{}"), json, 422},
                                              {std::string(70'000, ' '), json, 413},
                                              {good, std::vector<net::HttpField>{}, 415}}) {
    validate_asking(api, "/api/v1/tokens", {"POST", "/api/v1/tokens", "admin", body, headers}, status);
  }
  validate_asking(api, "/api/v1/tokens", {"GET", "/api/v1/tokens", "admin", "", {}}, 200);
  const std::string path = "/api/v1/tokens/" + made["id"].get<std::string>();
  validate_asking(api, "/api/v1/tokens/{id}", {"DELETE", path, "admin", "", {}}, 200);
  validate_asking(api, "/api/v1/tokens/{id}", {"DELETE", "/api/v1/tokens/x", "admin", "", {}}, 404);
  for (const OperatorRoute& route : OperatorApi::routes()) {
    const std::string pattern(route.path);
    const std::string target = filled(pattern);
    const std::string method(route.method);
    api.clock.pass(seconds(61));
    validate_asking(api, pattern, {method, target, "", "", {}}, 401);
    validate_asking(api, pattern, {method, target, "ping", "", {}}, 403);
    for (int i = 0; i < 10; ++i) validate_asking(api, pattern, {method, target, "acl_x", "", {}}, 401);
    validate_asking(api, pattern, {method, target, "acl_x", "", {}}, 429);
  }
  api.break_tokens();
  api.clock.pass(seconds(61));
  validate_asking(api, "/api/v1/alerts", {"GET", "/api/v1/alerts", "read", "", {}}, 503);
}

TEST(OpenApi, TheLoginIsAnsweredAsDocumented) {
  OperatorsUnderTest api;
  const auto cookie = api.carried("admin");
  const std::string session = api.session_of("admin");
  validate_asking(api, "/api/v1/session", {"GET", "/api/v1/session", "", "", cookie}, 200);
  validate_asking(api, "/api/v1/session", {"GET", "/api/v1/session", "read", "", {}}, 404);
  validate_documented(api, "/ops/{view}", {"GET", "/ops/", "", "", cookie}, 200);
  validate_documented(api, "/ops/{view}", {"GET", "/ops/incidents/7", "", "", cookie}, 200);
  validate_documented(api, "/ops/login", {"GET", "/ops/login", "", "", {}}, 200);
  const auto documented = [](const net::HttpResponse& answer, const std::string& path, const char* method, int status) {
    EXPECT_EQ(answer.status, status) << path;
    EXPECT_TRUE(document()["paths"][path][method]["responses"][std::to_string(status)]) << path << status;
  };
  documented(api.ask({"GET", "/ops", "", "", {}}), "/ops", "get", 303);
  documented(api.ask({"GET", "/ops/x", "", "", {}}), "/ops/{view}", "get", 303);
  documented(api.ask({"GET", "/ops/login", "", "", cookie}), "/ops/login", "get", 303);
  documented(api.log_in("admin", api.password), "/ops/login", "post", 303);
  for (const int status : {401, 401, 429}) documented(api.log_in("admin", "wrong"), "/ops/login", "post", status);
  api.clock.pass(std::chrono::minutes(20));
  api.logins_full = true;
  documented(api.log_in("admin", "wrong"), "/ops/login", "post", 503);
  auto headers = cookie;
  headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  for (const std::string path : {"/ops/login", "/ops/logout"}) {
    validate_documented(api, path, {"POST", path, "", "", cookie}, 415);
    validate_documented(api, path, {"POST", path, "", std::string(9'000, 'x'), headers}, 413);
    validate_documented(api, path, {"POST", path, "", "%zz", headers}, 400);
    validate_documented(api, path, {"POST", path, "", "csrf=x", headers}, 403);
  }
  documented(api.ask({"POST", "/ops/logout", "", "csrf=" + csrf_of(session), headers}), "/ops/logout", "post", 303);
  api.break_tokens();
  api.clock.pass(seconds(2));
  validate_documented(api, "/ops/{view}", {"GET", "/ops/x", "", "", cookie}, 503);
}

TEST(OpenApi, PingsAreAnsweredAsDocumented) {
  for (const auto& [path, rest] : {std::pair{"/ping/{token}", ""}, std::pair{"/ping/{token}/{signal}", "/start"}}) {
    for (const char* method : {"GET", "POST"}) {
      OperatorsUnderTest api;
      const std::string known = "/ping/" + api.text_of("ping") + rest;
      validate_documented(api, path, {method, known, "", "", {}}, 200);
      validate_documented(api, path, {method, known + "?rid=1", "", "", {}}, 400);
      validate_documented(api, path, {method, std::string("/ping/acl_other") + rest, "", "", {}}, 404);
      for (int i = 0; i < 10; ++i) api.ask({method, "/ping/acl_other", "", "", {}});
      validate_documented(api, path, {method, "/ping/acl_other" + std::string(rest), "", "", {}}, 429);
      api.operations.result = {OperationOutcome::unavailable, "because", std::nullopt};
      validate_documented(api, path, {method, known, "", "", {}}, 503);
    }
  }
}

TEST(OpenApi, AnswersHaveTheDocumentedFields) {
  ApiUnderTest api(test::make_world(12), described());
  HistoryRow row{{ServiceId("service-0"), CheckId("service-0"), local_location()}, {}};
  row.result.timings = {microseconds(1), microseconds(2), microseconds(3), microseconds(4), microseconds(5)};
  api.queries.page = {{row}, "next"};
  api.queries.stored = {test::sample_incident({}, test::sample_now())};
  validate_answer(api, "/", "/");
  validate_answer(api, "/status", "/status");
  validate_answer(api, "/status", "/status?days=90");
  validate_answer(api, "/history", "/history?service=service-0");
  validate_answer(api, "/health", "/health");
  validate_answer(api, "/openapi.json", "/openapi.json");
  validate_answer(api, "/ready", "/ready");
  validate_answer(api, "/metrics", "/metrics");
  for (const Asset& asset : assets()) validate_answer(api, "/a/{asset}", std::string(asset.path));
}

TEST(OpenApi, TheSitesFilesHaveTheDocumentedFields) {
  for (test::SampleWorld world : {test::make_world(12), test::make_hostile_world()}) {
    test::add_maintenance(world, "Patches", std::chrono::hours(2), std::chrono::hours(1),
                          {world.snapshot.services[0].service->id});
    ApiUnderTest api(world);
    const auto holes = documented_paths();
    const std::set<std::string> named(holes.begin(), holes.end());
    for (const std::string& file : site_paths(*api.pages.current()->view)) {
      const std::string target = "/" + file;
      const std::string folder = target.substr(0, target.find('/', 1) + 1) + "{file}";
      ASSERT_TRUE(named.contains(target) || named.contains(folder)) << target;
      EXPECT_EQ(api.get(target).status, 200) << target;
      validate_answer(api, named.contains(target) ? target : folder, target);
    }
    validate_answer(api, "/incidents/{file}", "/incidents/x.html");
    validate_answer(api, "/incidents/{file}", "/incidents/x/y.html");
    validate_answer(api, "/badge/{file}", "/badge/x.svg");
  }
}

TEST(OpenApi, OptionsAnswersWithTheDocumentedHeaders) {
  OperatorsUnderTest api;
  for (const auto& entry : document()["paths"]) {
    const std::string path = entry.first.as<std::string>();
    const std::string target = path == "/a/{asset}" ? std::string(asset_path("status.css")) : filled(path);
    const YAML::Node described = entry.second["options"]["responses"]["204"];
    ASSERT_TRUE(described) << path;
    const auto answer = api.ask({"OPTIONS", target, "", "", {}});
    EXPECT_EQ(answer.status, 204) << path;
    std::set<std::string> documented;
    for (const auto& header : resolved(described)["headers"]) documented.insert(header.first.as<std::string>());
    for (const net::HttpField& field : answer.headers) {
      const bool told = field.name == "Allow" || field.name.starts_with("Access-Control-Allow-") ||
                        field.name == "Access-Control-Max-Age";
      if (!told) continue;
      EXPECT_EQ(documented.erase(field.name), 1U) << path << " " << field.name;
    }
    EXPECT_TRUE(documented.empty()) << path;
  }
}

TEST(OpenApi, ErrorsHaveTheDocumentedFields) {
  ApiUnderTest api(test::make_hostile_world());
  validate_answer(api, "/status", "/status?days=91");
  validate_answer(api, "/history", "/history?limit=0");
  validate_answer(api, "/history", "/history?service=hidden");
  validate_answer(api, "/a/{asset}", "/a/nothing");
  api.queries.broken = true;
  validate_answer(api, "/history", "/history?service=long");
  api.monitor().store_progress = false;
  validate_answer(api, "/ready", "/ready");
  api.client = "198.51.100.1";
  validate_answer(api, "/ready", "/ready");
  validate_answer(api, "/metrics", "/metrics");
}

TEST(OpenApi, NamesEveryReason) {
  std::set<std::string> documented;
  for (const YAML::Node& word : document()["components"]["schemas"]["Reason"]["enum"])
    documented.insert(word.as<std::string>());
  EXPECT_EQ(documented.size(), reason_count);
  for (std::size_t i = 0; i < reason_count; ++i)
    EXPECT_TRUE(documented.contains(std::string(to_string(static_cast<Reason>(i)))));
}

}  // namespace
}  // namespace allclear::api
