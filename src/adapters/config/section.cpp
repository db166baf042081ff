#include "adapters/config/section.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 100)) return std::nullopt;
  return value;
}

// What is written in place of such a map, or of one of headers, is likely the secret itself.
bool holds_secrets(Object object) {
  switch (object) {
    case Object::basic_auth:
    case Object::email:
    case Object::slack:
    case Object::pagerduty:
    case Object::teams:
    case Object::discord:
    case Object::telegram:
    case Object::ntfy:
    case Object::webhook:
    case Object::exec: return true;
    default: return false;
  }
}

}  // namespace

Section::Section(Reading& reading, const Node& node, Object object, std::string name, const Section* parent, Keys keys)
    : reading_(reading), node_(&node), name_(std::move(name)), parent_(parent) {
  if (!node.is_map() && !node.is_null()) {
    const std::string expected = keys == Keys::free
                                     ? std::string("expected a map of names to values")
                                     : fmt::format("expected a map with keys such as {}", known_keys(object).front());
    const std::string found =
        node.is_scalar() && (keys == Keys::free || holds_secrets(object)) ? "a text" : describe(node);
    reading_.diagnostics.error(
        node.place, fmt::format("{}: {}, found {}", path().empty() ? "the config" : path(), expected, found));
  }
  if (keys == Keys::known) report_unknown(object);
}

void Section::report_unknown(Object object) const {
  each([&](const Node& key, const Node&) {
    const bool own_extension = object == Object::root && key.text.starts_with("x-");
    if (is_known(object, key.text) || own_extension) return;
    const std::string where = path();
    reading_.diagnostics.error(key.place, (where.empty() ? "" : where + ": ") + explain_unknown(object, key.text));
  });
}

const Node* Section::find(std::string_view key) const {
  if (!node_->is_map()) return nullptr;
  for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) {
    if (node_->children[i]->text == key) return node_->children[i + 1];
  }
  return nullptr;
}

const Node* Section::find_key(std::string_view key) const {
  if (!node_->is_map()) return nullptr;
  for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) {
    if (node_->children[i]->text == key) return node_->children[i];
  }
  return nullptr;
}

void Section::each(const std::function<void(const Node&, const Node&)>& visit) const {
  if (!node_->is_map()) return;
  for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) visit(*node_->children[i], *node_->children[i + 1]);
}

std::optional<std::string> Section::text_of(const Node& value, std::string_view key) const {
  if (value.is_scalar()) return std::string(value.text);
  misfit(value, key, "expected a text");
  return std::nullopt;
}

std::optional<std::string> Section::text(std::string_view key) const {
  const Node* value = find(key);
  return value == nullptr ? std::nullopt : text_of(*value, key);
}

std::optional<milliseconds> Section::duration(std::string_view key, milliseconds least, milliseconds most) const {
  const auto written = text(key);
  if (!written) return std::nullopt;
  const auto parsed = parse_duration(*written);
  if (!parsed) {
    misfit(key, parsed.error().message);
    return std::nullopt;
  }
  if (*parsed < least) {
    misfit(key, "expected at least " + format_duration(least));
    return std::nullopt;
  }
  if (*parsed > most) {
    const auto days = std::chrono::floor<std::chrono::days>(most);
    misfit(key, "expected at most " + (days == most ? fmt::format("{}d", days.count()) : format_duration(most)));
    return std::nullopt;
  }
  return *parsed;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
  const auto written = text(key);
  if (!written) return std::nullopt;
  const auto value = parse_integer(*written);
  if (value && *value >= least && *value <= most) return value;
  misfit(key, fmt::format("expected a whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<double> Section::percent(std::string_view key) const {
  const auto written = text(key);
  if (!written) return std::nullopt;
  if (const auto value = parse_percent(*written)) return value;
  misfit(key, "expected a share from 0% to 100%");
  return std::nullopt;
}

std::optional<bool> Section::boolean(std::string_view key) const {
  const auto written = text(key);
  if (!written) return std::nullopt;
  if (*written == "true") return true;
  if (*written == "false") return false;
  misfit(key, "expected true or false");
  return std::nullopt;
}

std::vector<const Node*> Section::items(std::string_view key) const {
  const Node* value = find(key);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_list()) return {value->children.begin(), value->children.end()};
  if (value->is_scalar()) return {value};
  misfit(key, "expected a list");
  return {};
}

std::optional<std::vector<std::string>> Section::texts(std::string_view key) const {
  if (!has(key)) return std::nullopt;
  std::vector<std::string> found;
  for (const Node* item : items(key)) {
    if (auto one = text_of(*item, key)) found.push_back(std::move(*one));
  }
  return found;
}

std::optional<std::string> Section::name(std::string_view key) const {
  constexpr std::ptrdiff_t longest = 128;
  auto written = text(key);
  if (!written) return std::nullopt;
  const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto length = std::count_if(written->begin(), written->end(), starts_character);
  if (length == 0 || length > longest || find_invalid_utf8(*written)) {
    misfit(key, fmt::format("expected 1 to {} characters", longest));
    return std::nullopt;
  }
  if (is_blank(*written)) {
    misfit(key, fmt::format("expected 1 to {} characters, not only spaces", longest));
    return std::nullopt;
  }
  if (const auto unseen = find_unseen(*written)) {
    misfit(key, fmt::format("expected characters that can be seen, without control or formatting characters such as "
                            "U+{:04X}",
                            static_cast<std::uint32_t>(unseen->character)));
    return std::nullopt;
  }
  return written;
}

std::string Section::unreadable(std::string_view key, const Error& why) const {
  const Node* value = find(key);
  const bool may_tell = value != nullptr && value->is_scalar() && !value->from_environment;
  return fmt::format(
      "cannot read {}: {}",
      may_tell ? reading_.files.resolve(std::string(value->text)).string() : "the file that the environment names",
      why.message);
}

std::optional<std::string> Section::secret(std::string_view key) const {
  const std::string file_key = std::string(key) + "_file";
  std::optional<std::string> value = text(key);
  if (const auto file = text(file_key)) {
    if (value) error(file_key, fmt::format("write {} or {}, not both", key, file_key));
    auto read = reading_.files.secret(*file);
    if (!read) {
      error(file_key, unreadable(file_key, read.error()));
      return std::nullopt;
    }
    value = std::move(*read);
  }
  if (value && !value->empty()) reading_.secrets.push_back(*value);
  if (value && !is_header_value(*value)) {
    error(has(file_key) ? std::string_view(file_key) : key, "expected one line without control characters");
    return std::nullopt;
  }
  return value;
}

void Section::misfit(std::string_view key, const std::string& what) const {
  const Node* value = find(key);
  misfit(value == nullptr ? *node_ : *value, key, what);
}

void Section::misfit(const Node& value, std::string_view key, const std::string& what) const {
  reading_.diagnostics.error(value.place, fmt::format("{}: {}, found {}", path(key), what, describe(value)));
}

void Section::error(std::string_view key, const std::string& message) const {
  const Node* value = find(key);
  error_at(value == nullptr ? *node_ : *value, key, message);
}

void Section::error_at(const Node& node, std::string_view key, const std::string& message) const {
  reading_.diagnostics.error(node.place, fmt::format("{}: {}", path(key), message));
}

void Section::warning(std::string_view key, const std::string& message) const {
  const Node* written = find_key(key);
  reading_.diagnostics.warning(written == nullptr ? place() : written->place,
                               fmt::format("{}: {}", path(key), message));
}

void Section::missing(std::string_view key, const std::string& what) const {
  reading_.diagnostics.error(place(), fmt::format("{}: missing; {}", path(key), what));
}

std::string Section::path(std::string_view key) const {
  std::string text = parent_ == nullptr ? name_ : parent_->path(name_);
  if (!key.empty()) text.append(text.empty() ? "" : ".").append(key);
  return text;
}

bool is_identifier(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace allclear::config
