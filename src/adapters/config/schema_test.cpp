// The JSON Schema that editors use: it names exactly the loader's keys, accepts every example, refuses mistakes.
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/config/read_expect.h"
#include "base/pattern.h"
#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

const fs::path root_folder = ALLCLEAR_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The part of JSON Schema 2020-12 that the schema uses; an unknown word fails the test.
class Validator {
 public:
  explicit Validator(Json schema) : schema_(std::move(schema)) {}
  bool accepts(const Json& value) const { return fits(schema_, value); }

 private:
  bool fits(const Json& schema, const Json& value) const {
    if (schema.is_boolean()) return schema.get<bool>();
    for (const auto& [word, rule] : schema.items()) {
      if (!obeys(word, rule, schema, value)) return false;
    }
    return true;
  }

  bool obeys(const std::string& word, const Json& rule, const Json& schema, const Json& value) const {
    if (word == "$ref") return fits(schema_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value);
    if (word == "type") return has_type(rule, value);
    if (word == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (word == "anyOf") return count(rule, value) >= 1;
    if (word == "oneOf") return count(rule, value) == 1;
    if (value.is_string()) return obeys_text(word, rule, value.get<std::string>());
    if (value.is_number()) return obeys_number(word, rule, value.get<double>());
    if (value.is_array()) return obeys_list(word, rule, value);
    if (value.is_object()) return obeys_map(word, rule, schema, value);
    return true;
  }

  static bool has_type(const Json& rule, const Json& value) {
    if (rule.is_array())
      return std::any_of(rule.begin(), rule.end(), [&](const Json& one) { return has_type(one, value); });
    if (rule == "integer") return value.is_number_integer();
    return rule == std::string(value.type_name());
  }

  long count(const Json& rules, const Json& value) const {
    return std::count_if(rules.begin(), rules.end(), [&](const Json& one) { return fits(one, value); });
  }

  static bool obeys_text(const std::string& word, const Json& rule, const std::string& text) {
    if (word == "pattern") return Pattern::compile(rule.get<std::string>())->found_in(text);
    if (word == "minLength") return text.size() >= rule.get<std::size_t>();
    if (word == "maxLength") return text.size() <= rule.get<std::size_t>();
    return true;
  }

  static bool obeys_number(const std::string& word, const Json& rule, double number) {
    if (word == "minimum") return number >= rule.get<double>();
    if (word == "maximum") return number <= rule.get<double>();
    return true;
  }

  bool obeys_list(const std::string& word, const Json& rule, const Json& list) const {
    if (word == "items")
      return std::all_of(list.begin(), list.end(), [&](const Json& item) { return fits(rule, item); });
    if (word == "minItems") return list.size() >= rule.get<std::size_t>();
    if (word == "maxItems") return list.size() <= rule.get<std::size_t>();
    return true;
  }

  bool obeys_map(const std::string& word, const Json& rule, const Json& schema, const Json& map) const {
    if (word == "required")
      return std::all_of(rule.begin(), rule.end(),
                         [&](const Json& key) { return map.contains(key.get<std::string>()); });
    if (word == "minProperties") return map.size() >= rule.get<std::size_t>();
    for (const auto& [key, value] : map.items()) {
      const bool named = schema.contains("properties") && schema["properties"].contains(key);
      const bool extension = schema.contains("patternProperties") && key.starts_with("x-");
      if (word == "properties" && named && !fits(rule.at(key), value)) return false;
      if (word == "additionalProperties" && !named && !extension && !fits(rule, value)) return false;
      if (word == "propertyNames" && !fits(rule, Json(key))) return false;
    }
    return true;
  }

  Json schema_;
};

Json schema() { return Json::parse(read(root_folder / "docs/reference/allclear.schema.json")); }

Json yaml_as_json(std::string_view text) {
  Diagnostics diagnostics("f");
  std::vector<std::string> environment_values;
  const auto document = parse_document(text, testing_support::environment_of({}), diagnostics, environment_values);
  return document ? to_json(*document->root) : Json();
}

std::vector<fs::path> examples() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(root_folder / "examples")) {
    if (entry.path().extension() == ".yaml") found.push_back(entry.path());
  }
  found.push_back(root_folder / "deploy/config/allclear.yaml");
  return found;
}

// The keys of a $defs entry: its own, or those of the one alternative that is a map.
std::set<std::string> keys_of(const Json& definition) {
  std::set<std::string> keys;
  if (definition.contains("properties")) {
    for (const auto& [key, value] : definition["properties"].items()) keys.insert(key);
  }
  for (const Json& alternative : definition.value("anyOf", Json::array())) keys.merge(keys_of(alternative));
  return keys;
}

TEST(Schema, NamesExactlyTheKeysThatTheLoaderKnows) {
  const Json definitions = schema().at("$defs");
  for (std::size_t i = 0; i < object_count; ++i) {
    const auto object = static_cast<Object>(i);
    const std::string name(to_string(object));
    ASSERT_TRUE(definitions.contains(name)) << name;
    const auto known = known_keys(object);
    EXPECT_EQ(keys_of(definitions[name]), std::set<std::string>(known.begin(), known.end())) << name;
  }
}

TEST(Schema, EveryExampleLoadsWithoutAWordAndFitsTheSchema) {
  const Validator validator(schema());
  ASSERT_GE(examples().size(), 4U);
  for (const fs::path& path : examples()) {
    const auto outcome = load_file(path, testing_support::environment_of({}));
    EXPECT_TRUE(outcome.config.has_value()) << path;
    EXPECT_THAT(testing_support::lines_of(outcome), IsEmpty()) << path;
    EXPECT_TRUE(validator.accepts(yaml_as_json(read(path)))) << path;
  }
}

TEST(Schema, TheExampleOfEveryCheckHoldsEveryKind) {
  const auto outcome = load_file(root_folder / "examples/all-checks.yaml", testing_support::environment_of({}));
  ASSERT_TRUE(outcome.config.has_value());
  std::set<std::string_view> kinds;
  for (const auto& service : outcome.config->catalogue->services) {
    for (const auto& check : service->checks) kinds.insert(kind_of(check->target));
  }
  EXPECT_THAT(kinds,
              ::testing::ElementsAre("dns", "http", "https", "icmp", "imap+starttls", "smtp+starttls", "tcp", "tls"));
}

TEST(Schema, RefusesWhatTheLoaderRefuses) {
  const Validator validator(schema());
  const std::string_view good = "{id: a, url: 'https://a.example/'";
  EXPECT_TRUE(validator.accepts(yaml_as_json("services: [" + std::string(good) + "}]")));
  for (const char* wrong :
       {", intervall: 30s", ", timeout: fast", ", expect: {status: 999}", ", id: Website", ", checks: []",
        ", enabled: maybe", ", confirm: {down: 0}", ", method: get", ", severity: bad", ", max_redirects: 6",
        ", name: \"a\xE2\x80\xAE"
        "b\""}) {
    EXPECT_FALSE(validator.accepts(yaml_as_json("services: [" + std::string(good) + wrong + "}]"))) << wrong;
  }
  EXPECT_FALSE(validator.accepts(yaml_as_json("services: [{id: a}]")));
  EXPECT_FALSE(validator.accepts(yaml_as_json("sevices: []")));
  const auto accepts_secret = [&](const std::string& secret) {
    return validator.accepts(yaml_as_json("channels: {a: {webhook: {url: x, secret: " + secret + "}}}\nservices: []"));
  };
  for (const char* fine : {"key", "[new]", "[new, old]"}) EXPECT_TRUE(accepts_secret(fine)) << fine;
  for (const char* wrong : {"''", "['']", "[]", "[a, b, c, d, e]", "{a: b}", "[[a]]"})
    EXPECT_FALSE(accepts_secret(wrong)) << wrong;
}

// What is left empty: the editor and the loader agree whether that is a mistake.
TEST(Schema, AgreesWithTheLoaderOnWhatIsEmpty) {
  const Validator validator(schema());
  const std::string service = "services: [{id: a, url: 'https://a.example/', ";
  std::vector<std::string> wrong = {"channels: {ops: }",
                                    "channels: {ops: {}}",
                                    "services: [{id: a, heartbeat: }]",
                                    "services: [{id: a, heartbeat: {}}]",
                                    "services: [{id: a, heartbeat: {grace: 1h}}]",
                                    "services: [{id: a, cloudwatch: }]",
                                    "services: [{id: a, cloudwatch: {}}]",
                                    "services: [{id: a, checks: }]",
                                    "services: [{id: a, url: }]",
                                    "services: [ ~ ]",
                                    service + "alerts: }]",
                                    service + "basic_auth: }]",
                                    service + "basic_auth: {user: a}}]",
                                    service + "expect: {body: }}]",
                                    service + "expect: {body: {}}}]",
                                    service + "expect: {json: }}]",
                                    service + "expect: {json: [ ~ ]}}]",
                                    service + "expect: {header: }}]",
                                    service + "expect: {status: }}]",
                                    service + "expect: {certificate: }}]",
                                    "defaults: {alerts: }",
                                    "store: ",
                                    "store: {}",
                                    "store: {dynamodb: }",
                                    "server: {tls: }",
                                    "page: {links: [ ~ ]}",
                                    "blindness: {anchors: }",
                                    "maintenance: [ ~ ]",
                                    "remedies: [ ~ ]"};
  for (const char* kind :
       {"email", "slack", "pagerduty", "teams", "discord", "telegram", "ntfy", "webhook", "exec", "sns"}) {
    wrong.push_back(std::string("channels: {ops: {") + kind + ": }}");
    wrong.push_back(std::string("channels: {ops: {") + kind + ": {}}}");
  }
  for (const std::string& text : wrong) {
    EXPECT_FALSE(validator.accepts(yaml_as_json(text))) << text;
    EXPECT_FALSE(load_text(text, "f", testing_support::environment_of({})).config.has_value()) << text;
  }
  for (const char* text : {"", "page: ", "server: ", "defaults: ", "services: ", "hosts: ", "channels: ", "blindness: ",
                           "grouping: ", "services: [{id: a, url: 'https://a.example/', expect: }]"}) {
    EXPECT_TRUE(validator.accepts(yaml_as_json(text))) << text;
    EXPECT_TRUE(load_text(text, "f", testing_support::environment_of({})).config.has_value()) << text;
  }
}

}  // namespace
}  // namespace allclear::config
