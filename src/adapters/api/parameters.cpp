#include "adapters/api/parameters.h"

#include <charconv>

namespace allclear::api {
namespace {

constexpr std::size_t longest_cursor = 256;

}  // namespace

const std::string* ParameterReader::once(std::string_view name) {
  const std::size_t count = request_.query_count(name);
  if (count > 1) wrong(name, std::string(at_most_once));
  return count == 1 ? request_.query_value(name) : nullptr;
}

std::optional<WallTime> ParameterReader::time(std::string_view name) {
  const std::string* text = once(name);
  if (text == nullptr) return std::nullopt;
  const auto parsed = parse_rfc3339(*text);
  if (!parsed) return wrong(name, "expected a time such as 2026-11-20T08:40:00Z"), std::nullopt;
  return *parsed;
}

std::size_t ParameterReader::limit() {
  const std::string* text = once("limit");
  std::size_t value = 100;
  if (text == nullptr) return value;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc{} && end == text->data() + text->size() && value >= 1 && value <= 1000) return value;
  wrong("limit", "expected a whole number from 1 to 1000");
  return 1;
}

std::string ParameterReader::cursor() {
  const std::string* text = once("cursor");
  if (text == nullptr) return {};
  if (text->size() > longest_cursor) wrong("cursor", std::string(expected_cursor));
  return *text;
}

}  // namespace allclear::api
