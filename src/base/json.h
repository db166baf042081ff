// JSON as the rest of the code uses it: nlohmann's value, strict parsing of foreign text, and JSON paths. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace allclear {

using Json = nlohmann::json;
// Keeps the order in which keys were set: used for answers that people read.
using OrderedJson = nlohmann::ordered_json;

// RFC 8259, nesting at most 32 (S13), no duplicate keys, valid UTF-8. Error: what and at which byte.
Result<Json> parse_json(std::string_view text);

// A path of RFC 9535's plain part: $, .name, ['name'], [index] (negative from the end). No wildcards or filters.
class JsonPath {
 public:
  static Result<JsonPath> parse(std::string_view text);
  // nullptr when the path leads nowhere.
  const Json* find(const Json& document) const;
  const std::string& text() const { return text_; }

 private:
  using Step = std::variant<std::string, std::int64_t>;
  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace allclear
