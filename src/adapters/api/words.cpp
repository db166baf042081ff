#include "adapters/api/words.h"

#include <algorithm>
#include <array>

#include "base/result.h"

namespace allclear::api {
namespace {

std::array<std::size_t, reason_count> find_reasons() {
  std::array<std::size_t, reason_count> found{};
  for (std::size_t i = 0; i < reason_count; ++i) {
    const std::string key = "reason_" + std::string(to_string(static_cast<Reason>(i)));
    const auto at = std::find(catalogue::keys.begin(), catalogue::keys.end(), key);
    ALLCLEAR_INVARIANT(at != catalogue::keys.end());
    found[i] = static_cast<std::size_t>(at - catalogue::keys.begin());
  }
  return found;
}

}  // namespace

std::optional<Language> parse_language(std::string_view code) {
  const auto at = std::find(catalogue::languages.begin(), catalogue::languages.end(), code);
  if (at == catalogue::languages.end()) return std::nullopt;
  return static_cast<Language>(at - catalogue::languages.begin());
}

std::string Words::fill(Word word, std::initializer_list<Filling> fillings) const {
  std::string_view rest = (*this)[word];
  std::string text;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    text += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    const auto filling =
        std::find_if(fillings.begin(), fillings.end(), [&](const Filling& each) { return each.name == name; });
    ALLCLEAR_INVARIANT(close != std::string_view::npos && filling != fillings.end());
    text += filling->text;
    rest.remove_prefix(close + 1);
  }
  return text;
}

std::string Words::number(Word word, std::int64_t number) const { return fill(word, {{"n", std::to_string(number)}}); }

std::string Words::count(std::size_t number, Word one, Word other) const {
  return this->number(number == 1 ? one : other, static_cast<std::int64_t>(number));
}

std::string_view Words::reason(Reason reason) const {
  static const auto indexes = find_reasons();
  return (*texts_)[indexes[static_cast<std::size_t>(reason)]];
}

std::string Words::span(milliseconds length) const {
  const std::int64_t total = std::max<std::int64_t>(0, length.count() / 1000);
  const auto of = [&](std::int64_t amount, Word unit) {
    return std::to_string(amount) + " " + std::string((*this)[unit]);
  };
  const auto pair = [](std::string large, std::int64_t small, const std::string& small_text) {
    return small == 0 ? large : large + " " + small_text;
  };
  if (total < 60) return of(total, "unit_s");
  if (total < 3'600) {
    const std::int64_t rest = total < 600 ? total % 60 : 0;
    return pair(of(total / 60, "unit_min"), rest, of(rest, "unit_s"));
  }
  if (total < 86'400) return pair(of(total / 3'600, "unit_h"), total % 3'600 / 60, of(total % 3'600 / 60, "unit_min"));
  return pair(of(total / 86'400, "unit_d"), total % 86'400 / 3'600, of(total % 86'400 / 3'600, "unit_h"));
}

}  // namespace allclear::api
