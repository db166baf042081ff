#include "adapters/config/substitute.h"

#include <algorithm>

#include "base/time.h"

namespace allclear::config {
namespace {

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// One ${…}, its inside given. Appends to `out`.
Result<void> substitute_one(std::string_view inside, const Environment& environment, Substituted& out) {
  const std::size_t colon = inside.find(":-");
  const std::string_view name = inside.substr(0, colon);
  if (!is_variable_name(name)) {
    return failure("expected ${NAME} or ${NAME:-default}; write $$ for a dollar sign");
  }
  std::optional<std::string> value = environment(name);
  if (colon != std::string_view::npos && (!value || value->empty())) {
    out.text += inside.substr(colon + 2);
    return {};
  }
  if (!value) {
    return failure("the environment variable " + std::string(name) + " is not set; ${" + std::string(name) +
                   ":-default} gives it a default");
  }
  out.text += *value;
  out.values.push_back(std::move(*value));
  return {};
}

}  // namespace

Result<Substituted> substitute(std::string_view text, const Environment& environment) {
  Substituted out;
  out.text.reserve(text.size());
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    out.text += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.substr(0, 2) == "$$") {
      out.text += '$';
      text.remove_prefix(2);
    } else if (text.substr(0, 2) == "${") {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) return failure("${ without its }; write $$ for a dollar sign");
      const auto done = substitute_one(text.substr(2, end - 2), environment, out);
      if (!done) return tl::unexpected(done.error());
      text.remove_prefix(end + 1);
    } else if (!text.empty()) {
      out.text += '$';
      text.remove_prefix(1);
    }
  }
  return out;
}

bool looks_secret(std::string_view value) {
  constexpr std::size_t shortest = 8;
  if (value.size() < shortest || parse_duration(value)) return false;
  if (const auto scheme = value.find("://"); scheme != std::string_view::npos) value.remove_prefix(scheme + 3);
  if (value.ends_with('/')) value.remove_suffix(1);
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
  };
  if (!std::all_of(value.begin(), value.end(), plain)) return true;
  const bool has_letter = std::any_of(value.begin(), value.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  // Digits, dots and colons only: a number or an address. With letters only a dotted host name is plain.
  return has_letter && value.find('.') == std::string_view::npos;
}

}  // namespace allclear::config
