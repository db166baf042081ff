#include "base/json.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace allclear {
namespace {

constexpr int depth_limit = 32;

// Builds the document and stops at the first duplicate key. nlohmann's own builder with a callback looks through a whole
// container again at the end of each object in it.
class StrictDocument final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override { return put(value); }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(Json::binary_t& value) override { return put(std::move(value)); }
  bool start_array(std::size_t) override { return open(Json::value_t::array); }
  bool start_object(std::size_t) override { return open(Json::value_t::object); }
  bool end_array() override { return close(); }
  bool end_object() override { return close(); }

  bool key(std::string& name) override {
    const auto [member, is_new] = open_.back()->get_ref<Json::object_t&>().try_emplace(std::move(name));
    if (!is_new) fault_ = fmt::format("the key \"{}\" appears twice", member->first);
    member_ = &member->second;
    return is_new;
  }

  bool parse_error(std::size_t at, const std::string&, const Json::exception& error) override {
    constexpr int number_overflow = 406;
    fault_ = error.id == number_overflow ? "not valid JSON: a number that no double holds"
                                         : fmt::format("not valid JSON at byte {}", at);
    return false;
  }

  Json document;
  const std::string& fault() const { return fault_; }

 private:
  template <typename Value>
  Json& place(Value&& value) {
    if (open_.empty()) return document = Json(std::forward<Value>(value));
    if (open_.back()->is_array())
      return open_.back()->get_ref<Json::array_t&>().emplace_back(std::forward<Value>(value));
    return *member_ = Json(std::forward<Value>(value));
  }
  template <typename Value>
  bool put(Value&& value) {
    place(std::forward<Value>(value));
    return true;
  }
  bool open(Json::value_t container) {
    open_.push_back(&place(container));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;  // stay where they are: what holds an open one grows when that is closed
  Json* member_ = nullptr;   // of the innermost object: where its next value goes
  std::string fault_;
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
  // The parser would take it for the end.
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    return failure(fmt::format("not valid JSON at byte {}", at + 1));
  if (too_deep(text)) return failure(fmt::format("nested deeper than {} levels", depth_limit));
  StrictDocument strict;
  if (!Json::sax_parse(text.begin(), text.end(), &strict)) return failure(strict.fault());
  return std::move(strict.document);
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
