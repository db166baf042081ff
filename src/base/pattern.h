// Pattern: a regular expression (RE2, linear time), compiled once when the config loads. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace allclear {

class Pattern {
 public:
  // Error: RE2's own message, or "pattern needs more than 1 MiB" (memory is bounded).
  static Result<Pattern> compile(std::string_view expression);

  bool found_in(std::string_view text) const;
  const std::string& expression() const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace allclear
