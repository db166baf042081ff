#include "adapters/config/yaml_json.h"

#include <charconv>

#include <yaml-cpp/yaml.h>

#include "base/json.h"

namespace allclear::config {
namespace {

Json to_json(const YAML::Node& node);

Json scalar(const YAML::Node& node) {
  const std::string text = node.Scalar();
  const bool is_quoted = node.Tag() == "!";
  if (is_quoted) return text;
  if (text == "true" || text == "false") return text == "true";
  if (text.empty() || text == "null" || text == "~") return nullptr;
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
    return whole;
  double number = 0;
  if (const auto read = std::from_chars(text.data(), end, number); read.ec == std::errc{} && read.ptr == end)
    return number;
  return text;
}

Json to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    Json object = Json::object();
    for (const auto& entry : node) object[entry.first.Scalar()] = to_json(entry.second);
    return object;
  }
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& item : node) list.push_back(to_json(item));
    return list;
  }
  return node.IsScalar() ? scalar(node) : Json();
}

}  // namespace

std::string yaml_to_json(std::string_view yaml) { return to_json(YAML::Load(std::string(yaml))).dump(); }

}  // namespace allclear::config
