#include "base/json.h"

#include <charconv>
#include <set>

#include <fmt/format.h>

namespace allclear {
namespace {

constexpr int depth_limit = 32;

// Stops the parser at the first duplicate key or too deep level.
struct StrictParse {
  std::string fault;
  std::vector<std::set<std::string>> open_objects;

  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    using Event = Json::parse_event_t;
    if (!fault.empty()) return false;
    if (depth >= depth_limit && (event == Event::object_start || event == Event::array_start)) {
      fault = fmt::format("nested deeper than {} levels", depth_limit);
    } else if (event == Event::object_start) {
      open_objects.emplace_back();
    } else if (event == Event::object_end) {
      open_objects.pop_back();
    } else if (event == Event::key && !open_objects.back().insert(value.get<std::string>()).second) {
      fault = fmt::format("the key \"{}\" appears twice", value.get<std::string>());
    }
    return fault.empty();
  }
};

// Tells nesting before the real parser builds anything, so that hostile depth costs one scan.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (too_deep(text)) return failure(fmt::format("nested deeper than {} levels", depth_limit));
  StrictParse strict;
  try {
    Json value = Json::parse(text.begin(), text.end(), std::ref(strict));
    if (!strict.fault.empty()) return failure(strict.fault);
    return value;
  } catch (const Json::parse_error& error) {
    if (!strict.fault.empty()) return failure(strict.fault);
    return failure(fmt::format("not valid JSON at byte {}", error.byte));
  } catch (const Json::exception&) {  // out_of_range.406
    return failure("not valid JSON: a number that no double holds");
  }
}

Result<JsonPath> JsonPath::parse(std::string_view text) {
  const auto expected = [] { return failure("expected a JSON path such as $.items[0].name"); };
  JsonPath path;
  path.text_ = text;
  if (text.empty() || text.front() != '$') return expected();
  text.remove_prefix(1);
  while (!text.empty()) {
    if (text.front() == '.') {
      const std::size_t end = std::min(text.find_first_of(".[", 1), text.size());
      if (end == 1) return expected();
      path.steps_.emplace_back(std::string(text.substr(1, end - 1)));
      text.remove_prefix(end);
      continue;
    }
    const bool quoted = text.size() > 2 && text[0] == '[' && (text[1] == '\'' || text[1] == '"');
    const std::size_t close = quoted ? text.find(text[1], 2) : text.find(']');
    if (text.front() != '[' || close == std::string_view::npos) return expected();
    if (quoted) {
      if (close + 1 >= text.size() || text[close + 1] != ']') return expected();
      path.steps_.emplace_back(std::string(text.substr(2, close - 2)));
      text.remove_prefix(close + 2);
      continue;
    }
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + close, index);
    if (error != std::errc{} || end != text.data() + close) return expected();
    path.steps_.emplace_back(index);
    text.remove_prefix(close + 1);
  }
  return path;
}

const Json* JsonPath::find(const Json& document) const {
  const Json* at = &document;
  for (const Step& step : steps_) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      const auto found = at->is_object() ? at->find(*name) : at->end();
      if (!at->is_object() || found == at->end()) return nullptr;
      at = &*found;
    } else {
      if (!at->is_array()) return nullptr;
      const auto size = static_cast<std::int64_t>(at->size());
      const std::int64_t index = std::get<std::int64_t>(step);
      const std::int64_t place = index < 0 ? size + index : index;
      if (place < 0 || place >= size) return nullptr;
      at = &(*at)[static_cast<std::size_t>(place)];
    }
  }
  return at;
}

}  // namespace allclear
