#include "base/pattern.h"

#include <re2/re2.h>

namespace allclear {

Result<Pattern> Pattern::compile(std::string_view expression) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    return failure(compiled->error_code() == re2::RE2::ErrorPatternTooLarge ? "pattern needs more than 1 MiB" : compiled->error());
  }
  return Pattern(std::move(compiled));
}

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

const std::string& Pattern::expression() const { return compiled_->pattern(); }

}  // namespace allclear
