#include "adapters/config/read_expect.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

std::optional<int> parse_status(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 100 || value > 599) return std::nullopt;
  return value;
}

std::optional<double> parse_decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Equal text for equal meaning; lengths keep ("a", "bc") and ("ab", "c") apart.
void append_canonical(const Node& node, std::string& out) {
  out += "-slm"[static_cast<std::size_t>(node.kind)];
  out += node.quoted ? '"' : ' ';
  out += fmt::format("{}:", node.is_scalar() ? node.text.size() : node.children.size());
  out += node.text;
  for (const Node* child : node.children) append_canonical(*child, out);
}

// One alone counts as a list of one.
std::vector<const Node*> items_of(const Node& node) {
  if (!node.is_list()) return {&node};
  return {node.children.begin(), node.children.end()};
}

// Reads one `expect`.
class Expecting {
 public:
  explicit Expecting(const Section& section) : section_(section) {}

  ReadExpectations read() {
    section_.each([&](const Node& key, const Node&) { read_.written.push_back(fmt::format("expect.{}", key.text)); });
    if (section_.has("status")) status();
    if (const auto latency = section_.duration("latency", milliseconds(1))) expect_.latency = latency;
    if (section_.has("body")) body();
    if (section_.has("header")) header();
    if (section_.has("final_url")) final_url();
    if (section_.has("json")) json();
    if (const auto certificate = section_.duration("certificate")) expect_.certificate = certificate;
    read_.answers = section_.texts("answer").value_or(std::vector<std::string>{});
    if (section_.has("answer") && read_.answers.empty()) section_.misfit("answer", "expected at least one answer");
    read_.expectations = CopyOnWrite<Expectations>(std::move(expect_));
    return std::move(read_);
  }

 private:
  void status() {
    const auto items = section_.items("status");
    expect_.status.clear();
    for (const Node* item : items) {
      const auto range = parse_status_range(item->is_scalar() ? std::string_view(item->text) : std::string_view());
      if (range) {
        expect_.status.push_back(*range);
      } else {
        section_.misfit(*item, "status", range.error().message);
      }
    }
    if (items.empty() && section_.find("status")->is_list()) section_.misfit("status", "expected at least one status");
    if (section_.find("status")->is_null()) section_.misfit("status", "expected statuses such as [200-299, 304]");
  }

  void body() {
    const Node& node = *section_.find("body");
    const std::vector<const Node*> items = items_of(node);
    for (const Node* item : items) {
      const Section one(section_.reading(), *item, Object::body, "body", &section_);
      if (!one.is_map()) continue;
      BodyExpectation wanted;
      wanted.contains = one.text("contains").value_or("");
      if (one.has("contains") && wanted.contains.empty()) one.misfit("contains", "expected a text");
      if (const auto expression = one.text("matches"))
        wanted.matches = pattern(one, "matches", *expression, *one.find("matches"));
      if (!one.has("contains") && !one.has("matches")) one.error("", "expected contains or matches");
      expect_.body.push_back(std::move(wanted));
    }
  }

  static std::optional<Pattern> pattern(const Section& section, std::string_view key, const std::string& expression,
                                        const Node& node) {
    auto compiled = Pattern::compile(expression);
    if (compiled) return *compiled;
    // RE2's words repeat a part of the expression.
    section.error_at(node, key,
                     "not a regular expression (RE2): " +
                         (node.from_environment ? describe(node) : shown(compiled.error().message)));
    return std::nullopt;
  }

  void header() {
    const Node& node = *section_.find("header");
    if (node.is_null()) section_.misfit("header", "expected a map of names to patterns");
    const Section headers(section_.reading(), node, Object::expect, "header", &section_, Keys::free);
    headers.each([&](const Node& key, const Node& value) {
      if (!is_header_name(key.text)) headers.error_at(key, key.text, "not a header name");
      const auto expression = headers.text_of(value, key.text);
      if (!expression) return;
      if (auto compiled = pattern(headers, key.text, *expression, value))
        expect_.headers.push_back({std::string(key.text), *compiled});
    });
  }

  void final_url() {
    const auto written = section_.text("final_url");
    if (!written) return;
    const auto url = parse_http_url(*written);
    if (url) {
      expect_.final_url = to_string(*url);
    } else {
      section_.misfit("final_url", url.error().message);
    }
  }

  void json() {
    const Node& node = *section_.find("json");
    const std::vector<const Node*> items = items_of(node);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Section one(section_.reading(), *items[i], Object::json, fmt::format("json[{}]", i), &section_);
      if (one.is_map()) json_item(one);
    }
  }

  void json_item(const Section& one) {
    constexpr std::pair<std::string_view, JsonOperator> operators[] = {{"equals", JsonOperator::equals},
                                                                       {"exists", JsonOperator::exists},
                                                                       {"above", JsonOperator::above},
                                                                       {"below", JsonOperator::below}};
    const auto written = one.text("path");
    if (!one.has("path")) one.missing("path", "expected a JSON path such as $.ok");
    std::optional<JsonPath> path;
    if (written) {
      if (auto parsed = JsonPath::parse(*written)) {
        path = std::move(*parsed);
      } else {
        one.misfit("path", "not a JSON path: " + parsed.error().message);
      }
    }
    int asked = 0;
    for (const auto& [key, operation] : operators) {
      if (!one.has(key)) continue;
      ++asked;
      const auto value = operand(one, key, operation);
      if (value && path) expect_.json.push_back({*path, operation, *value});
    }
    if (asked == 0) one.error("", "expected one of: equals, exists, above, below");
  }

  static std::optional<Json> operand(const Section& one, std::string_view key, JsonOperator operation) {
    switch (operation) {
      case JsonOperator::equals: return to_json(*one.find(key));
      case JsonOperator::exists: {
        const auto value = one.boolean(key);
        return value ? std::optional<Json>(*value) : std::nullopt;
      }
      case JsonOperator::above:
      case JsonOperator::below: {
        const auto text = one.text(key);
        const auto value = text ? parse_decimal(*text) : std::nullopt;
        if (value) return Json(*value);
        if (text) one.misfit(key, "expected a number");
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  const Section& section_;
  Expectations expect_;
  ReadExpectations read_;
};

}  // namespace

Json plain_to_json(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc{} && end == text.data() + text.size()) return whole;
  if (const auto decimal = parse_decimal(text)) return *decimal;
  return text;
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return nullptr;
    case Node::Kind::scalar: return node.quoted ? Json(node.text) : plain_to_json(node.text);
    case Node::Kind::list: {
      Json list = Json::array();
      for (const Node* item : node.children) list.push_back(to_json(*item));
      return list;
    }
    case Node::Kind::map: {
      Json map = Json::object();
      for (std::size_t i = 0; i + 1 < node.children.size(); i += 2)
        map[node.children[i]->text] = to_json(*node.children[i + 1]);
      return map;
    }
  }
  return nullptr;
}

Result<StatusRange> parse_status_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_status(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_status(text.substr(dash + 1));
  if (!first || !last || *first > *last) return failure("expected a status from 100 to 599 or a range such as 200-299");
  return StatusRange{*first, *last};
}

ExpectationReader::ExpectationReader(Reading& reading) : reading_(reading) {
  ReadExpectations usual;
  usual.expectations = CopyOnWrite(Expectations{});
  usual_ = std::make_shared<const ReadExpectations>(std::move(usual));
}

std::shared_ptr<const ReadExpectations> ExpectationReader::read(const Section& check) {
  const Node* node = check.find("expect");
  if (node == nullptr || node->is_null()) return usual_;
  std::string canonical;
  append_canonical(*node, canonical);
  if (const auto found = known_.find(canonical); found != known_.end()) return found->second;
  const std::size_t errors_before = reading_.diagnostics.errors();
  const Section section(reading_, *node, Object::expect, "expect", &check);
  auto read = std::make_shared<const ReadExpectations>(Expecting(section).read());
  // What has mistakes is read again, so that they are told wherever they stand.
  if (reading_.diagnostics.errors() == errors_before) known_.emplace(std::move(canonical), read);
  return read;
}

}  // namespace allclear::config
