// Holds docs/reference/openapi.yaml against what the router answers, both ways.
#include <set>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "adapters/api/assets.h"
#include "tests/support/api_fixture.h"

namespace allclear::api {
namespace {

using test::ApiUnderTest;

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

void validate_answer(ApiUnderTest& api, const std::string& path, const std::string& target) {
  const auto answer = api.get(target);
  const YAML::Node described = document()["paths"][path]["get"]["responses"][std::to_string(answer.status)];
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

TEST(OpenApi, DocumentsExactlyThePathsThatAreAnswered) {
  std::set<std::string> documented;
  for (const auto& entry : document()["paths"]) {
    const std::string path = entry.first.as<std::string>();
    documented.insert(path.substr(0, path.find('{')));
    EXPECT_TRUE(entry.second.size() == 2 && entry.second["get"] && entry.second["options"])
        << path << " answers GET (with HEAD) and OPTIONS only";
  }
  const auto paths = Api::paths();
  EXPECT_EQ(documented, (std::set<std::string>(paths.begin(), paths.end())));
}

TEST(OpenApi, AnswersHaveTheDocumentedFields) {
  ApiUnderTest api(test::make_world(12));
  HistoryRow row{{ServiceId("service-0"), CheckId("service-0"), local_location()}, {}};
  row.result.timings = {microseconds(1), microseconds(2), microseconds(3), microseconds(4), microseconds(5)};
  api.queries.page = {{row}, "next"};
  api.queries.stored = {test::sample_incident({}, test::sample_now())};
  validate_answer(api, "/", "/");
  validate_answer(api, "/status", "/status");
  validate_answer(api, "/status", "/status?days=90");
  validate_answer(api, "/history", "/history?service=service-0");
  validate_answer(api, "/health", "/health");
  validate_answer(api, "/ready", "/ready");
  validate_answer(api, "/metrics", "/metrics");
  validate_answer(api, "/a/{asset}", std::string(asset_path("status.css")));
}

TEST(OpenApi, OptionsAnswersWithTheDocumentedHeaders) {
  ApiUnderTest api(test::make_world(3));
  for (const auto& entry : document()["paths"]) {
    const std::string path = entry.first.as<std::string>();
    const YAML::Node described = entry.second["options"]["responses"]["204"];
    ASSERT_TRUE(described) << path;
    const auto answer = api.ask("OPTIONS", path == "/a/{asset}" ? std::string(asset_path("status.css")) : path);
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
