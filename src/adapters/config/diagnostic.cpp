#include "adapters/config/diagnostic.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/characters.h"

namespace allclear::config {
namespace {

// Foreign text on one line: cut (not in the middle of a UTF-8 character), what cannot be seen as '?'.
std::string harmless(std::string_view text, std::size_t longest) {
  std::size_t length = std::min(text.size(), longest);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  std::string safe(text.substr(0, length));
  while (const auto unseen = find_unseen(safe)) safe.replace(unseen->at, unseen->length, "?");
  return length < text.size() ? safe + "…" : safe;
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  return fmt::format("{}:{}:{}: {}{}", diagnostic.file, diagnostic.line, diagnostic.column,
                     diagnostic.warning ? "warning: " : "", diagnostic.message);
}

void Diagnostics::error(Place place, std::string_view message) {
  ++errors_;
  if (!without_value_.contains(place)) keep(place, message, false);
}

void Diagnostics::no_value(Place place, std::string_view message) {
  error(place, message);
  if (kept_.size() < limit) without_value_.insert(place);
}

void Diagnostics::warning(Place place, std::string_view message) { keep(place, message, true); }

void Diagnostics::keep(Place place, std::string_view message, bool warning) {
  if (kept_.size() == limit) {
    ++left_out_;
    return;
  }
  constexpr std::size_t longest = 1'000;
  kept_.push_back({file_, place.line, place.column, harmless(message, longest), warning});
}

std::vector<Diagnostic> Diagnostics::take() {
  std::stable_sort(kept_.begin(), kept_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (left_out_ > 0) {
    const Place last{kept_.back().line, kept_.back().column};
    kept_.push_back({file_, last.line, last.column, fmt::format("and {} more", left_out_), !has_errors()});
  }
  return std::move(kept_);
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 48;
  return fmt::format("\"{}\"", harmless(text, longest));
}

}  // namespace allclear::config
